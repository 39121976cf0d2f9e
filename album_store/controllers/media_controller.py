"""Covers and previews, which are public. Full recordings are not served here."""

from pathlib import PurePath

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import FileResponse, Response
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.media.media_storage import Kind
from album_store.infrastructure.media.placeholder_cover import placeholder_cover
from album_store.infrastructure.media.recordings import CONTENT_TYPES
from album_store.infrastructure.web.conditional_requests import etag_of

ONE_DAY = "public, max-age=86400"
# The name is the hash of the content, so the content never changes.
FOREVER = "public, max-age=31536000, immutable"
COVER_TYPES = {".avif": "image/avif", ".jpg": "image/jpeg", ".webp": "image/webp"}
PLACEHOLDER_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@view_defaults(request_method="GET")
class MediaController(BaseController):
    """Serves covers and previews, with range and conditional requests, and placeholder covers."""

    @view_config(route_name="media.cover", public=FOREVER)
    def cover(self) -> Response:
        """Return a cover in one of its formats and sizes. Raises HTTPNotFound.

        A picture that the worker has not made yet is answered with a JPEG of the cover, so that pages can link all of
        them. Caches ask for it again.
        """
        name = self.request.matchdict["name"]
        if self.request.media.path_of("covers", name) is None:
            name = self.request.media.stand_in(name) or name
        response = self._file("covers", name, COVER_TYPES.get(PurePath(name).suffix, ""))
        if name != self.request.matchdict["name"]:
            response.headers["Cache-Control"] = "no-cache"
        return response

    @view_config(route_name="media.preview", public=FOREVER)
    def preview(self) -> Response:
        """Return the preview clip of a track. Raises HTTPNotFound."""
        name = self.request.matchdict["name"]
        return self._file("previews", name, CONTENT_TYPES.get(PurePath(name).suffix.removeprefix("."), ""))

    @view_config(route_name="albums.placeholder_cover", public=ONE_DAY)
    def placeholder_cover(self) -> Response:
        """Return the placeholder cover of an album. Raises HTTPNotFound."""
        album = self.request.albums_service.find_album(self.request.matchdict["url"])
        if album is None:
            raise HTTPNotFound()
        picture = placeholder_cover(album.title, album.artist.name).encode()
        response = Response(body=picture, content_type="image/svg+xml", charset="utf-8", conditional_response=True)
        response.etag = etag_of(picture)
        response.headers["Content-Security-Policy"] = PLACEHOLDER_POLICY
        return response

    def _file(self, kind: Kind, name: str, content_type: str) -> Response:
        path = self.request.media.path_of(kind, name)
        if path is None:
            raise HTTPNotFound()
        response = FileResponse(str(path), self.request, content_type=content_type)
        response.accept_ranges = "bytes"
        response.etag = name
        return response
