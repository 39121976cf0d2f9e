"""The home page."""

from typing import Any

from pyramid.view import view_config

from album_store.controllers.base_controller import BaseController
from album_store.viewmodels.home.home_viewmodel import HomeViewModel


class HomeController(BaseController):
    """The home page."""

    @view_config(
        route_name="home.index",
        request_method="GET",
        public=True,
        kept=(),
        renderer="album_store:templates/home/index.pt",
    )
    def index(self) -> dict[str, Any]:
        """Show the newest albums."""
        return HomeViewModel(self.request).to_dict()
