"""The page of all admin actions."""

from typing import Any

from pyramid.request import Request

from album_store.viewmodels.admin.audit_rows import audit_rows


class ActionsViewModel:
    """A page of the audit, newest first."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        request = self._request
        page = request.audit_service.entries(after=request.GET.get("after", ""))
        return {
            "actions": audit_rows(request, page.rows),
            "next_link": request.route_path("admin.actions", _query={"after": page.after}) if page.after else "",
        }
