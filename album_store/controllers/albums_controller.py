"""The catalogue pages."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.viewmodels.albums.artist_viewmodel import ArtistViewModel
from album_store.viewmodels.albums.details_viewmodel import DetailsViewModel
from album_store.viewmodels.albums.index_viewmodel import IndexViewModel
from album_store.viewmodels.albums.search_viewmodel import SearchViewModel

# The query parameters of a page in parts, and of the catalogue.
PAGES = ("after", "before")
LIST = ("genre", "sort", *PAGES)


@view_defaults(request_method="GET", public=True)
class AlbumsController(BaseController):
    """The album list, album pages, artist pages and search."""

    @view_config(route_name="albums.index", kept=LIST, renderer="album_store:templates/albums/index.pt")
    def index(self) -> dict[str, Any]:
        """Show a page of the catalogue. Raises HTTPNotFound for an unknown genre."""
        catalogue = IndexViewModel(self.request)
        if catalogue.is_unknown_genre:
            raise HTTPNotFound
        return catalogue.to_dict()

    @view_config(route_name="albums.details", kept=PAGES, renderer="album_store:templates/albums/details.pt")
    def details(self) -> dict[str, Any]:
        """Show one album. Raises HTTPNotFound."""
        album = self.request.albums_service.find_album_in_full(self.request.matchdict["url"])
        if album is None:
            raise HTTPNotFound
        return DetailsViewModel(self.request, album).to_dict()

    @view_config(route_name="artists.details", kept=PAGES, renderer="album_store:templates/albums/artist.pt")
    def artist(self) -> dict[str, Any]:
        """Show one artist. Raises HTTPNotFound."""
        artist = self.request.albums_service.find_artist(self.request.matchdict["url"])
        if artist is None:
            raise HTTPNotFound
        return ArtistViewModel(self.request, artist).to_dict()

    @view_config(route_name="search.index", renderer="album_store:templates/albums/search.pt")
    def search(self) -> dict[str, Any]:
        """Show the albums that match a search."""
        return SearchViewModel(self.request).to_dict()
