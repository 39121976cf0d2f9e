"""Covers and previews, which are public. Full recordings are not served here."""

import hashlib
from pathlib import PurePath

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import FileResponse, Response
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.media.media_storage import Kind
from album_store.infrastructure.media.placeholder_cover import placeholder_cover
from album_store.infrastructure.media.recordings import CONTENT_TYPES

ONE_DAY = "public, max-age=86400"
# The name is the hash of the content, so the content never changes.
FOREVER = "public, max-age=31536000, immutable"
PLACEHOLDER_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@view_defaults(request_method="GET")
class MediaController(BaseController):
    """Serves covers and previews, with range and conditional requests, and placeholder covers."""

    @view_config(route_name="media.cover", public=FOREVER)
    def cover(self) -> Response:
        """Return a cover in one of its sizes. Raises HTTPNotFound."""
        return self._file("covers", "image/jpeg")

    @view_config(route_name="media.preview", public=FOREVER)
    def preview(self) -> Response:
        """Return the preview clip of a track. Raises HTTPNotFound."""
        extension = PurePath(self.request.matchdict["name"]).suffix.removeprefix(".")
        return self._file("previews", CONTENT_TYPES.get(extension, ""))

    @view_config(route_name="albums.placeholder_cover", public=ONE_DAY)
    def placeholder_cover(self) -> Response:
        """Return the placeholder cover of an album. Raises HTTPNotFound."""
        album = self.request.albums_service.find_album(self.request.matchdict["url"])
        if album is None:
            raise HTTPNotFound()
        picture = placeholder_cover(album.title, album.artist.name).encode()
        response = Response(body=picture, content_type="image/svg+xml", charset="utf-8", conditional_response=True)
        response.etag = hashlib.sha256(picture).hexdigest()[:32]
        response.headers["Content-Security-Policy"] = PLACEHOLDER_POLICY
        return response

    def _file(self, kind: Kind, content_type: str) -> Response:
        name = self.request.matchdict["name"]
        path = self.request.media.path_of(kind, name)
        if path is None:
            raise HTTPNotFound()
        response = FileResponse(str(path), self.request, content_type=content_type)
        response.accept_ranges = "bytes"
        response.etag = name
        return response
