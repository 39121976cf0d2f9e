"""The tables that the pages show."""

import datetime as dt

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Base of the models."""


db = SQLAlchemy(model_class=Base)

album_genre = Table(
    "AlbumGenre",
    Base.metadata,
    Column("genre_id", ForeignKey("Genre.id"), primary_key=True),
    Column("album_id", ForeignKey("Album.id"), primary_key=True),
)
account_role = Table(
    "AccountRole",
    Base.metadata,
    Column("account_id", ForeignKey("Account.id"), primary_key=True),
    Column("role_name", ForeignKey("Role.name"), primary_key=True),
)


class Artist(db.Model):
    """A band or musician."""

    __tablename__ = "Artist"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    biography: Mapped[str]
    picture: Mapped[str | None]
    links: Mapped[str]


class Genre(db.Model):
    """A genre."""

    __tablename__ = "Genre"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]


class License(db.Model):
    """A licence of albums."""

    __tablename__ = "License"

    name: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]
    link: Mapped[str]


class Track(db.Model):
    """A track of an album."""

    __tablename__ = "Track"

    id: Mapped[int] = mapped_column(primary_key=True)
    album_id: Mapped[int] = mapped_column(ForeignKey("Album.id"))
    display_order: Mapped[int]
    disc_number: Mapped[int]
    track_number: Mapped[int]
    title: Mapped[str]
    artist_name: Mapped[str]
    composer: Mapped[str]
    length_ms: Mapped[int]
    isrc: Mapped[str]
    lyrics: Mapped[str]
    preview: Mapped[str | None]


class Album(db.Model):
    """An album for sale."""

    __tablename__ = "Album"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    title: Mapped[str]
    artist_id: Mapped[int] = mapped_column(ForeignKey("Artist.id"))
    release_date: Mapped[dt.date | None]
    sort_date: Mapped[dt.date]
    price_cents: Mapped[int]
    currency: Mapped[str]
    cover: Mapped[str | None]
    description: Mapped[str]
    credits: Mapped[str]
    published: Mapped[bool]
    license_name: Mapped[str | None] = mapped_column(ForeignKey("License.name"))
    language_name: Mapped[str | None]

    artist: Mapped[Artist] = relationship()
    license: Mapped[License | None] = relationship()
    tracks: Mapped[list[Track]] = relationship(order_by=Track.display_order)
    genres: Mapped[list[Genre]] = relationship(secondary=album_genre, order_by=Genre.name)


class Role(db.Model):
    """A role of accounts."""

    __tablename__ = "Role"

    name: Mapped[str] = mapped_column(primary_key=True)


class Account(db.Model):
    """An account."""

    __tablename__ = "Account"

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    display_name: Mapped[str]
    disabled: Mapped[bool]

    roles: Mapped[list[Role]] = relationship(secondary=account_role)


class AccountSession(db.Model):
    """A browser that is signed in."""

    __tablename__ = "AccountSession"

    id: Mapped[str] = mapped_column(primary_key=True)
    token_hash: Mapped[str]
    account_id: Mapped[str] = mapped_column(ForeignKey("Account.id"))

    account: Mapped[Account] = relationship()
