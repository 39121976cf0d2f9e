"""Forms that ask for the current password again."""

from typing import Any

from pyramid.request import Request

from album_store.infrastructure.wording import spoken_length
from album_store.services.account.attempt_service import TargetLimitError
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ReauthenticationViewModel(FormViewModel):
    """Base of the forms that a stranger at an unlocked screen must not be able to send.

    A subclass declares `current_password`, in its place among the other fields.
    """

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.account_email = request.signed_in.email

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then the password: it costs time, and a wrong one counts against the account."""
        if super().validate(extra_validators):
            reason = self._why_refused(self["current_password"].data)
            if reason:
                self.refuse("current_password", reason)
        return not self.errors

    def _why_refused(self, password: str) -> str:
        try:
            account_id = self.request.signed_in.account_id
            right = self.request.account_service.is_password_of(account_id, password, self.request.client)
        except TargetLimitError as error:
            return f"There were too many wrong passwords. Try again in {spoken_length(error.wait_s * 1000)}."
        return "" if right else "This is not your current password."
