"""What a payment says of its order at the provider, so that the order can be written again if the store has lost it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from album_store.data.order import Order

# Stripe allows 50 notes of 500 characters.
MAX_NOTE, MAX_NOTES = 500, 40
_ITEM = re.compile(r"([at])([0-9]{1,9}):([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True)
class NotedItem:
    """An album, or a track of one, with what it cost."""

    is_track: bool
    id: int
    amount_cents: int


def write_notes(order: Order, payment_id: str) -> dict[str, str]:
    """Return the notes of a payment. An order of too many items has none of its items."""
    items = " ".join(
        f"t{line.track_id}:{line.amount_cents}" if line.track_id else f"a{line.album_id}:{line.amount_cents}"
        for line in order.lines
    )
    parts = _cut(items)
    if len(parts) > MAX_NOTES:
        parts = []
    return {"payment_id": payment_id, **{f"items_{number}": part for number, part in enumerate(parts)}}


def read_items(notes: Mapping[str, str]) -> Sequence[NotedItem]:
    """Return the items of notes; none if they cannot be read."""
    parts = [notes.get(f"items_{number}", "") for number in range(MAX_NOTES)]
    found = [_ITEM.fullmatch(word) for word in " ".join(parts).split()]
    if not all(found):
        return ()
    return [NotedItem(one[1] == "t", int(one[2]), int(one[3])) for one in found if one]


def _cut(text: str) -> list[str]:
    """Cut a text at spaces into parts of at most MAX_NOTE characters."""
    parts: list[str] = []
    for word in text.split():
        if parts and len(parts[-1]) + 1 + len(word) <= MAX_NOTE:
            parts[-1] += f" {word}"
        else:
            parts.append(word)
    return parts
