"""The admin page of blocked networks."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.viewmodels.admin.block_viewmodel import BlockViewModel
from album_store.viewmodels.admin.blocks_viewmodel import BlocksViewModel

BLOCKS_TEMPLATE = "album_store:templates/admin/blocks.pt"


@view_defaults(permission="admin")
class AdminBlocksController(BaseController):
    """Lists, adds and lifts blocks."""

    @view_config(route_name="admin.blocks", request_method="GET", renderer=BLOCKS_TEMPLATE)
    def blocks_get(self) -> dict[str, Any]:
        """Show the list with the empty form."""
        return BlocksViewModel(self.request).to_dict()

    @view_config(route_name="admin.blocks", request_method="POST", writes=True, renderer=BLOCKS_TEMPLATE)
    def blocks_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Block a network."""
        form = BlockViewModel(self.request)
        if not form.validate():
            return self.invalid(BlocksViewModel(self.request, form).to_dict())
        self.request.block_service.block(form.parsed_network, int(form.hours.data), self.actor)
        return self._done("address-blocked")

    @view_config(route_name="admin.lift_block", request_method="GET")
    def lift_block_get(self) -> HTTPSeeOther:
        """Redirect to the list, because the form has no page of its own."""
        return self.redirect("admin.blocks")

    @view_config(route_name="admin.lift_block", request_method="POST", writes=True)
    def lift_block_post(self) -> HTTPSeeOther:
        """End a block early. Raises HTTPNotFound."""
        if not self.request.block_service.lift(self.request.matchdict["block_id"], self.actor):
            raise HTTPNotFound
        return self._done("block-lifted")

    def _done(self, message: str) -> HTTPSeeOther:
        add_flash_message(self.request, message)
        return self.redirect("admin.blocks")
