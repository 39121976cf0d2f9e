"""The base class of forms that require reauthentication."""

from typing import Any

from pyramid.request import Request

from album_store.infrastructure.wording import spoken_length
from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ReauthenticationViewModel(FormViewModel):
    """A form that requires the current password, to protect the account on an unattended device.

    A subclass declares `current_password` itself, so that it can choose the order of its fields.
    """

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.account_email = request.signed_in.email

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then the password, which is slow to check and counts against the account if wrong."""
        if super().validate(extra_validators):
            reason = self._why_refused(self["current_password"].data)
            if reason:
                self.refuse("current_password", reason)
        return not self.errors

    def _why_refused(self, password: str) -> str:
        try:
            account_id = self.request.signed_in.account_id
            right = self.request.account_service.is_password_of(account_id, password, self.request.client)
        except TooManyAttemptsError as error:
            return f"Too many wrong passwords. Try again in {spoken_length(error.wait_s * 1000)}."
        return "" if right else "This is not your current password."
