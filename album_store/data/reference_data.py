"""The initial rows of every store: roles, licences and languages."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from album_store.data.catalogue_version import ROW_ID, CatalogueVersion
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.lock_row import CATALOGUE, COUNT, LockRow
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.receipt_counter import ALL_SERIES, ReceiptCounter
from album_store.data.role import Role
from album_store.data.store_identity import ROW_ID as STORE_ROW
from album_store.data.store_identity import StoreIdentity

ROLES = {"admin": "Runs the store.", "user": "Has an account in the store."}

_CREATIVE_COMMONS = "https://creativecommons.org"
LICENSES = {
    "All rights reserved": ("For personal listening only. Ask the artist about any other use.", ""),
    "CC BY 4.0": ("Share and adapt it for any purpose, even commercially. Credit the artist.", "/licenses/by/4.0/"),
    "CC BY-SA 4.0": (
        "Share and adapt it for any purpose, even commercially. Credit the artist and use the same licence.",
        "/licenses/by-sa/4.0/",
    ),
    "CC BY-NC 4.0": ("Share and adapt it for non-commercial purposes. Credit the artist.", "/licenses/by-nc/4.0/"),
    "CC BY-NC-SA 4.0": (
        "Share and adapt it for non-commercial purposes. Credit the artist and use the same licence.",
        "/licenses/by-nc-sa/4.0/",
    ),
    "CC BY-ND 4.0": (
        "Share it unchanged for any purpose, even commercially. Credit the artist.",
        "/licenses/by-nd/4.0/",
    ),
    "CC0 1.0": ("The artist has waived all rights. Use it for any purpose.", "/publicdomain/zero/1.0/"),
}

LANGUAGES = ("English", "French", "German", "Instrumental", "Italian", "Japanese", "Portuguese", "Spanish")


def reference_rows() -> list[tuple[InstrumentedAttribute[Any], list[SqlAlchemyBase]]]:
    """Return the primary key and the new rows of each table that has such rows."""
    return [
        (Role.name, [Role(name=name, description=text) for name, text in ROLES.items()]),
        (
            License.name,
            [
                License(name=name, description=text, link=f"{_CREATIVE_COMMONS}{path}" if path else "")
                for name, (text, path) in LICENSES.items()
            ],
        ),
        (Language.name, [Language(name=name) for name in LANGUAGES]),
        (CatalogueVersion.id, [CatalogueVersion(id=ROW_ID)]),
        (ReceiptCounter.series, [ReceiptCounter(series=series) for series in ALL_SERIES]),
        (StoreIdentity.id, [StoreIdentity(id=STORE_ROW)]),
        (LockRow.number, [LockRow(number=number) for number in (*range(COUNT), CATALOGUE)]),
    ]


def insert_reference_data(dbsession: Session) -> None:
    """Insert missing rows. Existing rows keep descriptions that the owner has changed."""
    for key, rows in reference_rows():
        present = set(dbsession.scalars(select(key)))
        dbsession.add_all(row for row in rows if getattr(row, key.key) not in present)
