"""Stores prices in the minor units that payment providers charge; earlier versions used the decimals of Babel."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

# Currencies that had no decimals and now have two.
RESCALED = "ADP AFN ALL BYR ESP IQD IRR ISK ITL KPW LAK LBP LUF MGF MMK MRO RSD SLL SOS STD SYP TMM TRL YER ZMK ZWD"
FACTOR = 100
MAX_STORED = 2_147_483_647

ALBUM = sa.table("Album", *map(sa.column, ("title", "url", "price_cents", "currency")))


def upgrade() -> None:
    """Multiply the prices, and say which are too high for that."""
    say: Callable[[str], None] = op.get_context().config.attributes["say"]
    highest = MAX_STORED // FACTOR
    fits = ALBUM.c.price_cents <= highest
    is_rescaled = ALBUM.c.currency.in_(RESCALED.split())
    for title, url in op.get_bind().execute(sa.select(ALBUM.c.title, ALBUM.c.url).where(is_rescaled, ~fits)):
        say(f"The price of “{title}” (/albums/{url}) was lowered to {highest:,}, the highest price. Check it.")
    price = sa.case((fits, ALBUM.c.price_cents), else_=highest) * FACTOR
    op.execute(sa.update(ALBUM).where(is_rescaled).values(price_cents=price))
