"""The admin pages of albums."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.data.album import Album
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.viewmodels.admin.album_viewmodel import AlbumViewModel
from album_store.viewmodels.admin.albums_viewmodel import AlbumsViewModel


@view_defaults(permission="admin", renderer="album_store:templates/admin/album.pt")
class AdminAlbumsController(BaseController):
    """The list of albums, and a page for each with the forms that change its prices."""

    @view_config(route_name="admin.albums", request_method="GET", renderer="album_store:templates/admin/albums.pt")
    def albums(self) -> dict[str, Any]:
        """List the albums, or the results of a search."""
        return AlbumsViewModel(self.request).to_dict()

    @view_config(route_name="admin.album", request_method="GET")
    def album(self) -> dict[str, Any]:
        """Show the prices of one album. Raises HTTPNotFound."""
        return AlbumViewModel(self.request, self._found(self.request.album_price_service.find)).to_dict()

    @view_config(route_name="admin.album_price", request_method="GET")
    @view_config(route_name="admin.track_prices", request_method="GET")
    def forms_get(self) -> HTTPSeeOther:
        """Redirect to the page of the album, for an admin who reloads the URL of a form that failed."""
        return self._to_album()

    @view_config(route_name="admin.album_price", request_method="POST", writes=True)
    def album_price_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Change how the album is sold. Raises HTTPNotFound."""
        album = self._locked()
        page = AlbumViewModel(self.request, album)
        form = page.price_form()
        if not form.validate():
            return self.invalid(page.to_dict(form))
        self.request.album_price_service.change_album(
            album,
            price_cents=form.price_cents,
            minimum_cents=form.minimum_cents,
            for_sale=form.for_sale.data == "yes",
            actor=self.actor,
        )
        add_flash_message(self.request, "prices-saved")
        return self._to_album()

    @view_config(route_name="admin.track_prices", request_method="POST", writes=True)
    def track_prices_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Change the prices of the tracks on a page. Raises HTTPNotFound."""
        album = self._locked()
        page = AlbumViewModel(self.request, album)
        form = page.tracks_form()
        if not form.validate():
            return self.invalid(page.to_dict(form))
        self.request.album_price_service.change_tracks(album, form.prices, self.actor)
        add_flash_message(self.request, "prices-saved")
        return self._to_album()

    def _locked(self) -> Album:
        return self._found(self.request.album_price_service.lock)

    def _found(self, find: Any) -> Album:
        """The album that the URL names. Raises HTTPNotFound."""
        album = find(self.request.matchdict["url"])
        if album is None:
            raise HTTPNotFound
        return album

    def _to_album(self) -> HTTPSeeOther:
        """Redirect to the page of the album with the same tracks."""
        request = self.request
        query = {name: request.GET[name] for name in ("after", "before") if name in request.GET}
        return self.redirect("admin.album", url=request.matchdict["url"], _query=query)
