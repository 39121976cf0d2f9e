"""Prices of earlier versions are rescaled to the units that payment providers charge."""

import pytest
from sqlalchemy import column, select, table, update

from album_store.data.album import Album

ALBUM = table("Album", *map(column, ("title", "price_cents", "currency")))


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("currency", "before", "after", "notes"),
    [
        ("EUR", 900, 900, []),
        ("JPY", 900, 900, []),
        ("KWD", 900, 900, []),
        ("ISK", 900, 90_000, []),
        ("LBP", 21_474_836, 2_147_483_600, []),
        (
            "LBP",
            21_474_837,
            2_147_483_600,
            ["The price of “Album 07” (/albums/album-18) was lowered to 21,474,836, the highest price. Check it."],
        ),
    ],
)
def test_the_prices_of_currencies_without_decimals_in_babel_are_rescaled(old, currency, before, after, notes):
    with old.engine.begin() as connection:
        priced = update(ALBUM).where(ALBUM.c.title == "Album 07").values(price_cents=before, currency=currency)
        connection.execute(priced)
    said = []
    old.migrate(said.append)
    assert said == notes
    with old.read() as dbsession:
        assert dbsession.scalar(select(Album.price_cents).where(Album.title == "Album 07")) == after
