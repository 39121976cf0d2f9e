"""The application and its pages."""

import datetime as dt
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, g, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from tests.benchmark.peers import wording
from tests.benchmark.peers.flask_store.models import AccountSession, Album, Artist, Genre, account_role, album_genre, db
from tests.benchmark.peers.headers import SECURITY_HEADERS

ON_A_PAGE = 24
STATIC = Path(__file__).parents[4] / "album_store" / "static"


def application(database: Path) -> Flask:
    """Return the application on a database of the store."""
    app = Flask(__name__, static_folder=STATIC)
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{database}"
    app.config["STORE_NAME"] = "Album Store"
    app.secret_key = "only-for-the-benchmark"
    app.jinja_env.filters.update(
        price=wording.price,
        date=wording.date,
        clock_length=wording.clock_length,
        iso_length=wording.iso_length,
        paragraphs=wording.paragraphs,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = False
    db.init_app(app)
    app.before_request(_find_account)
    app.after_request(_add_headers)
    app.context_processor(lambda: {"csrf_token": _csrf_token})
    app.add_url_rule("/", "home", home)
    app.add_url_rule("/albums", "albums", albums)
    app.add_url_rule("/albums/<url>", "album", album)
    app.add_url_rule("/artists/<url>", "artist", artist)
    for path, name in OTHERS.items():
        app.add_url_rule(path, name, lambda **_: abort(404))
    return app


# Pages that the others link to.
OTHERS = {
    "/albums.atom": "feed",
    "/search": "search",
    "/styles.css": "styles",
    "/albums/<url>/cover.svg": "placeholder_cover",
    "/covers/<name>": "cover",
    "/previews/<name>": "preview",
    "/admin": "admin",
    "/account": "account",
    "/account/signin": "signin",
    "/account/register": "register",
    "/account/signout": "signout",
}


def home() -> str:
    """The newest albums and those that come next."""
    today = dt.date.today()  # noqa: DTZ011 - the store's time zone is that of the machine here
    newest = _for_cards().where(Album.sort_date <= today).order_by(Album.sort_date.desc(), Album.id.desc()).limit(9)
    upcoming = _for_cards().where(Album.sort_date > today).order_by(Album.sort_date, Album.id).limit(4)
    found = db.session.scalars(newest).all()
    return render_template(
        "home.html",
        newest=found[0] if found else None,
        albums=found[1:],
        upcoming=db.session.scalars(upcoming).all(),
        today=today,
    )


def albums() -> str:
    """A page of the catalogue."""
    today = dt.date.today()  # noqa: DTZ011
    in_use = select(album_genre.c.genre_id).join(Album).where(Album.published, album_genre.c.genre_id == Genre.id)
    genres = db.session.scalars(select(Genre).where(in_use.exists()).order_by(Genre.name)).all()
    query = _for_cards().where(Album.sort_date <= today).order_by(Album.sort_date.desc(), Album.id.desc())
    found = db.session.scalars(query.limit(ON_A_PAGE + 1)).all()
    shown = found[:ON_A_PAGE]
    after = f"{shown[-1].sort_date}~{shown[-1].id}" if len(found) > ON_A_PAGE else None
    return render_template(
        "albums.html", albums=shown, after=after, genres=genres, orders=wording.SHORT_ORDERS, today=today
    )


def album(url: str) -> str:
    """One album."""
    query = (
        select(Album)
        .where(Album.url == url, Album.published)
        .options(
            joinedload(Album.artist),
            joinedload(Album.license),
            selectinload(Album.genres),
            selectinload(Album.tracks),
        )
    )
    found = db.session.scalars(query).one_or_none() or abort(404)
    others = (
        _for_cards()
        .where(Album.artist_id == found.artist_id, Album.id != found.id)
        .order_by((Album.sort_date <= found.sort_date).desc(), Album.sort_date.desc(), Album.id.desc())
    )
    return render_template(
        "album.html",
        album=found,
        next_album=db.session.scalars(others.limit(1)).first(),
        minutes=round(sum(track.length_ms for track in found.tracks) / 60_000),
        is_upcoming=found.sort_date > dt.date.today(),  # noqa: DTZ011
        json_ld=Markup(json.dumps(_json_ld(found), ensure_ascii=False).replace("<", "\\u003c")),  # noqa: S704
    )


def artist(url: str) -> str:
    """One artist."""
    found = db.session.scalars(select(Artist).where(Artist.url == url)).one_or_none() or abort(404)
    query = _for_cards().where(Album.artist_id == found.id).order_by(Album.sort_date.desc(), Album.id.desc())
    shown = db.session.scalars(query.limit(ON_A_PAGE)).all()
    return render_template("artist.html", artist=found, albums=shown, today=dt.date.today())  # noqa: DTZ011


def _for_cards() -> Select[tuple[Album]]:
    return (
        select(Album)
        .join(Album.artist)
        .where(Album.published)
        .options(
            contains_eager(Album.artist).defer(Artist.biography),
            defer(Album.description),
            defer(Album.credits),
        )
    )


def _json_ld(album: Album) -> dict[str, Any]:
    link = url_for("album", url=album.url, _external=True)
    cover = url_for("cover", name=f"{album.cover}-1200.jpg", _external=True)
    return {
        "@context": "https://schema.org",
        "@type": "MusicAlbum",
        "name": album.title,
        "url": link,
        "image": cover,
        "byArtist": {
            "@type": "MusicGroup",
            "name": album.artist.name,
            "url": url_for("artist", url=album.artist.url, _external=True),
        },
        "genre": [genre.name for genre in album.genres],
        "numTracks": len(album.tracks),
        "track": [
            {"@type": "MusicRecording", "name": track.title, "duration": wording.iso_length(track.length_ms)}
            for track in album.tracks
        ],
        "offers": {
            "@type": "Offer",
            "price": f"{album.price_cents / 100:.2f}",
            "priceCurrency": album.currency,
            "url": link,
        },
        "datePublished": album.sort_date.isoformat(),
    }


def _find_account() -> None:
    """Look up who is signed in, as the store does."""
    g.account = None
    if token := request.cookies.get("__Host-session"):
        query = (
            select(AccountSession)
            .where(AccountSession.token_hash == hashlib.sha256(token.encode()).hexdigest())
            .options(joinedload(AccountSession.account))
        )
        found = db.session.scalars(query).one_or_none()
        if found and not found.account.disabled:
            roles = select(account_role.c.role_name).where(account_role.c.account_id == found.account_id)
            g.account, g.roles = found.account, set(db.session.scalars(roles))


def _csrf_token() -> str:
    sent = request.cookies.get("__Host-csrf", "")
    return hmac.new(b"only-for-the-benchmark", sent.encode(), "sha256").hexdigest()[:43]


def _add_headers(response: Response) -> Response:
    response.headers.extend(SECURITY_HEADERS)
    response.headers["Cache-Control"] = "no-store" if g.account else "no-cache"
    response.vary.add("Cookie")
    return response
