"""Forms that ask for the current password again."""

from pyramid.request import Request

from album_store.infrastructure.wording import spoken_length
from album_store.services.account.attempt_service import TargetLimitError
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class ReauthenticationViewModel(FormViewModel):
    """Base of the forms that a stranger at an unlocked screen must not be able to send."""

    def __init__(self, request: Request) -> None:
        super().__init__(request, email=request.signed_in.email)
        self._request = request

    def validate(self) -> bool:
        """The form is right, and so is the current password."""
        if super().validate():
            reason = self._why_refused(self.value("current_password"))
            if reason:
                self.errors["current_password"] = reason
        return not self.errors

    def _why_refused(self, password: str) -> str:
        try:
            account_id = self._request.signed_in.account_id
            right = self._request.account_service.is_password_of(account_id, password, self._request.client)
        except TargetLimitError as error:
            return f"There were too many wrong passwords. Try again in {spoken_length(error.wait_s * 1000)}."
        return "" if right else "This is not your current password."
