"""What the admin pages that change something share."""

from pyramid.httpexceptions import HTTPForbidden

from album_store.controllers.base_controller import BaseController
from album_store.services.account.role_service import ADMIN


class AdminFormController(BaseController):
    """Base of the controllers whose forms only admins may send."""

    def hold_rights(self) -> None:
        """Refuse if whoever is acting was signed out or is no admin any more since the request began.

        That can be long ago: another change may have been waited for, or a password been checked.
        """
        who = self.request.signed_in
        is_still_here = self.request.session_service.hold(who.session_id)
        if not (is_still_here and self.request.role_service.has(who.account_id, ADMIN)):
            raise HTTPForbidden
