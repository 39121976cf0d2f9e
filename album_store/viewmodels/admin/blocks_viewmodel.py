"""The list of blocks, with the form that adds one."""

from typing import Any

from pyramid.request import Request

from album_store.data.address_block import AddressBlock
from album_store.infrastructure.security.networks import shown_network
from album_store.viewmodels.admin.block_viewmodel import DURATIONS, BlockViewModel

USUAL_HOURS = "24"


class BlocksViewModel:
    """The page; `failed` is the form that failed validation, if any."""

    def __init__(self, request: Request, failed: BlockViewModel | None = None) -> None:
        self._request = request
        self._form = failed.to_dict() if failed else {"errors": {}, "network": "", "hours": USUAL_HOURS}

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        request = self._request
        page = request.block_service.active(after=request.GET.get("after", ""))
        return {
            **self._form,
            "durations": DURATIONS,
            "own_address": request.client.ip_address,
            "blocks": [self._line(block) for block in page.rows],
            "next_link": request.route_path("admin.blocks", _query={"after": page.after}) if page.after else "",
        }

    def _line(self, block: AddressBlock) -> dict[str, Any]:
        return {
            "network": shown_network(block.network),
            "until": self._request.wording.moment(block.until_date),
            "since": self._request.wording.moment(block.created_date),
            "blocked_by": block.blocked_by,
            "lift_link": self._request.route_path("admin.lift_block", block_id=block.id),
        }
