"""Sends files to buyers, whole or in part."""

from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote
from wsgiref.util import FileWrapper

from pyramid.request import Request
from pyramid.response import Response

BLOCK_BYTES = 65_536


def file_response(request: Request, path: Path, content_type: str, file_name: str) -> Response:
    """Return a response with a file to save as `file_name`: 200, 206 for a range, or 416 for an impossible one.

    The file's stored name is the hash of its content and serves as its ETag. The server's main loop sends the file, so
    that a slow buyer holds no thread. WebOb's own ranges would read all that comes before the range.
    """
    size, etag = path.stat().st_size, path.name
    response = Response(content_type=content_type)
    response.accept_ranges = "bytes"
    response.etag = etag
    response.headers["Content-Disposition"] = _attachment(file_name)
    response.headers["X-Accel-Buffering"] = "no"  # or nginx would write each file to its own disk first
    asked = request.range if response in request.if_range else None
    if etag in request.if_none_match:
        response.status_int, response.content_type = 304, None
        return response
    span = asked and asked.range_for_length(size)
    if asked and span is None:
        response.status_int = 416
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    start, end = span or (0, size)
    if span:
        response.status_int = 206
        response.content_range = (start, end, size)
    file = path.open("rb")
    file.seek(start)
    if "wsgi.file_wrapper" in request.environ:
        response.app_iter = request.environ["wsgi.file_wrapper"](file, BLOCK_BYTES)
    else:
        response.app_iter = FileWrapper(_Part(file, end - start), BLOCK_BYTES)
    response.content_length = end - start
    return response


class _Part:
    """The next `length` bytes of a file."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file, self._left = file, length
        self.close = file.close

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes."""
        block = self._file.read(min(size, self._left))
        self._left -= len(block)
        return block


def _attachment(file_name: str) -> str:
    """Return the header that names a file to save, for old browsers in ASCII as well (RFC 6266)."""
    plain = file_name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
