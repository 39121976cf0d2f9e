"""The pages."""

import datetime as dt
import json
from typing import Any

from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.safestring import mark_safe

from tests.benchmark.peers import wording
from tests.benchmark.peers.django_store.models import Album, AlbumGenre, Artist, Genre

ON_A_PAGE = 24


def home(request: HttpRequest) -> HttpResponse:
    """The newest albums and those that come next."""
    today = dt.date.today()  # noqa: DTZ011 - the store's time zone is that of the machine here
    newest = list(_for_cards().filter(sort_date__lte=today).order_by("-sort_date", "-id")[:9])
    upcoming = list(_for_cards().filter(sort_date__gt=today).order_by("sort_date", "id")[:4])
    first = newest[0] if newest else None
    return render(
        request, "home.html", {"newest": first, "albums": newest[1:], "upcoming": upcoming} | _common(request, today)
    )


def albums(request: HttpRequest) -> HttpResponse:
    """A page of the catalogue."""
    today = dt.date.today()  # noqa: DTZ011
    in_use = AlbumGenre.objects.filter(genre=OuterRef("pk"), album__published=True)
    found = list(_for_cards().filter(sort_date__lte=today).order_by("-sort_date", "-id")[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    values = {
        "albums": shown,
        "after": f"{shown[-1].sort_date}~{shown[-1].id}" if len(found) > ON_A_PAGE else None,
        "genres": Genre.objects.filter(Exists(in_use)),
        "orders": wording.SHORT_ORDERS,
    }
    return render(request, "albums.html", values | _common(request, today))


def album(request: HttpRequest, url: str) -> HttpResponse:
    """One album."""
    today = dt.date.today()  # noqa: DTZ011
    in_full = Album.objects.select_related("artist", "license").prefetch_related("genres", "tracks")
    found = get_object_or_404(in_full, url=url, published=True)
    tracks = found.tracks.all()
    is_older = Case(When(sort_date__lte=found.sort_date, then=Value(1)), default=Value(0))
    others = _for_cards().filter(artist=found.artist).exclude(pk=found.pk)
    values = {
        "album": found,
        "tracks": tracks,
        "summary": next(iter(wording.paragraphs(found.description)), "")[:300],
        "minutes": round(sum(track.length_ms for track in tracks) / 60_000),
        "is_upcoming": found.sort_date > today,
        "next_album": others.order_by(is_older.desc(), "-sort_date", "-id").first(),
        "json_ld": mark_safe(  # noqa: S308 - escaped
            json.dumps(_json_ld(request, found), ensure_ascii=False).replace("<", "\\u003c")
        ),
    }
    return render(request, "album.html", values | _common(request, today))


def artist(request: HttpRequest, url: str) -> HttpResponse:
    """One artist."""
    found = get_object_or_404(Artist, url=url)
    shown = _for_cards().filter(artist=found).order_by("-sort_date", "-id")[:ON_A_PAGE]
    today = dt.date.today()  # noqa: DTZ011
    return render(request, "artist.html", {"artist": found, "albums": shown} | _common(request, today))


def missing(_request: HttpRequest, **_: str) -> HttpResponse:
    """Stand for a page that the others link to. Raises Http404."""
    raise Http404


def _for_cards() -> QuerySet[Album]:
    cards = Album.objects.filter(published=True).select_related("artist")
    return cards.defer("description", "credits", "artist__biography")


def _common(request: HttpRequest, today: dt.date) -> dict[str, Any]:
    return {"store_name": "Album Store", "today": today, "origin": f"{request.scheme}://{request.get_host()}"}


def _json_ld(request: HttpRequest, album: Album) -> dict[str, Any]:
    link = request.build_absolute_uri(reverse("album", args=[album.url]))
    return {
        "@context": "https://schema.org",
        "@type": "MusicAlbum",
        "name": album.title,
        "url": link,
        "image": request.build_absolute_uri(reverse("cover", args=[f"{album.cover}-1200.jpg"])),
        "byArtist": {
            "@type": "MusicGroup",
            "name": album.artist.name,
            "url": request.build_absolute_uri(reverse("artist", args=[album.artist.url])),
        },
        "genre": [genre.name for genre in album.genres.all()],
        "numTracks": len(album.tracks.all()),
        "track": [
            {"@type": "MusicRecording", "name": track.title, "duration": wording.iso_length(track.length_ms)}
            for track in album.tracks.all()
        ],
        "offers": {
            "@type": "Offer",
            "price": f"{album.price_cents / 100:.2f}",
            "priceCurrency": album.currency,
            "url": link,
        },
        "datePublished": album.sort_date.isoformat(),
    }


urlpatterns = [
    path("", home, name="home"),
    path("albums", albums, name="albums"),
    path("albums/<str:url>", album, name="album"),
    path("artists/<str:url>", artist, name="artist"),
    path("albums.atom", missing, name="feed"),
    path("search", missing, name="search"),
    path("styles.css", missing, name="styles"),
    path("albums/<str:url>/cover.svg", missing, name="placeholder_cover"),
    path("covers/<str:name>", missing, name="cover"),
    path("previews/<str:name>", missing, name="preview"),
    path("account/signin", missing, name="signin"),
    path("account/register", missing, name="register"),
]
