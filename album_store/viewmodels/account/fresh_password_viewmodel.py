"""Forms that ask for the current password again."""

from pyramid.request import Request

from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class FreshPasswordViewModel(FormViewModel):
    """Base of the forms that somebody who found an unlocked screen must not be able to send."""

    def __init__(self, request: Request) -> None:
        super().__init__(request, email=request.signed_in.email)
        self._request = request

    def validate(self) -> bool:
        """The form is right, and so is the current password."""
        if super().validate():
            account_id = self._request.signed_in.account_id
            if not self._request.account_service.is_password_of(account_id, self.value("current_password")):
                self.errors["current_password"] = "This is not your current password."
        return not self.errors
