"""Covers and artists' pictures, in the formats and sizes that a browser chooses from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

from pyramid.request import Request

from album_store.data.album import Album
from album_store.infrastructure.media.cover_pictures import picture_sizes
from album_store.infrastructure.media.media_storage import cover_name
from album_store.infrastructure.web.route_links import links_of
from album_store.services.catalogue.album_rows import CardRow

LARGEST_PX, SMALLEST_PX = 1200, 480
# The largest picture that a card shows on a screen with two pixels per CSS pixel.
CARD_PX = 720


@dataclass(frozen=True)
class CoverPicture:
    """A picture: the JPEG, or SVG of a placeholder cover, that all browsers show, and better formats.

    `sources` are pairs of a media type and the `srcset` of that format; the first that a browser knows counts.
    """

    src: str
    srcset: str = ""
    sources: tuple[tuple[str, str], ...] = ()
    width: int = LARGEST_PX
    height: int = LARGEST_PX


def cover_path(request: Request, album: Album | CardRow, size_px: int = LARGEST_PX) -> str:
    """The path of the JPEG of the cover, `size_px` on its longer side, or of the placeholder cover."""
    if album.cover:
        return request.route_path("media.cover", name=cover_name(album.cover, size_px))
    return _placeholder(request.route_path("albums.placeholder_cover", url=album.url), album)


def card_pictures(request: Request) -> Callable[[CardRow], CoverPicture]:
    """Return a function that makes the pictures of cards, which show the middle of a cover as a square."""
    link, placeholder = links_of(request, "media.cover", "name"), links_of(request, "albums.placeholder_cover", "url")
    widths = {form: [(size, size) for size in sizes if size <= CARD_PX] for form, sizes in picture_sizes().items()}

    def picture(album: CardRow) -> CoverPicture:
        if not album.cover:
            return CoverPicture(_placeholder(placeholder(album.url), album))
        stem = link(album.cover)
        sources = tuple((f"image/{form}", _srcset(stem, form, sizes)) for form, sizes in widths.items())
        return CoverPicture(f"{stem}-{SMALLEST_PX}.jpg", sources=sources)

    return picture


def album_picture(request: Request, album: Album | CardRow) -> CoverPicture:
    """The cover of an album on its own, or the placeholder cover."""
    return large_picture(request, album.cover) if album.cover else CoverPicture(cover_path(request, album))


def large_picture(request: Request, key: str, shown_px: int = LARGEST_PX) -> CoverPicture:
    """A picture that is shown on its own, whole, `shown_px` on its longer side if it is that large."""
    # Opening the file takes 30 µs, a hundredth of making the page.
    width, height = request.media.cover_size(key) or (LARGEST_PX, LARGEST_PX)
    longer = max(width, height)
    stem = request.route_path("media.cover", name=key)

    def srcset(form: str, sizes: Sequence[int]) -> str:
        """The widths are those of the files: a size is that of the longer side, and none is enlarged."""
        by_width: dict[int, int] = {}
        for size in sizes:
            by_width.setdefault(_scaled(width, min(1, size / longer)), size)
        return _srcset(stem, form, ((size, width) for width, size in by_width.items()))

    sources = tuple((f"image/{form}", srcset(form, sizes)) for form, sizes in picture_sizes().items())
    jpeg = srcset("jpg", (SMALLEST_PX, LARGEST_PX))
    scale = min(1, shown_px / longer)
    return CoverPicture(f"{stem}-{LARGEST_PX}.jpg", jpeg, sources, _scaled(width, scale), _scaled(height, scale))


def _placeholder(link: str, album: Album | CardRow) -> str:
    """Add the checksum of the words on a placeholder cover to its link, because browsers keep it for a day."""
    words = f"{album.title}\n{album.artist_name}"
    return f"{link}?x={crc32(words.encode()):08x}"


def _srcset(stem: str, form: str, widths: Iterable[tuple[int, int]]) -> str:
    """The files of a format, by pairs of the size in their name and their width."""
    return ", ".join([f"{stem}-{size}.{form} {width}w" for size, width in widths])


def _scaled(side: int, scale: float) -> int:
    return max(1, round(side * scale))
