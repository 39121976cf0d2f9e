"""A store with content for every route, and the addresses of all its pages."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from webtest import TestApp

from album_store.data.address_block import AddressBlock
from album_store.data.order import Order
from album_store.data.order_problem import OrderProblem
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.refund import Refund
from album_store.data.track import Track
from album_store.data.types import new_id, utc_now
from album_store.services.store.order_problems import ALREADY_OWNED
from album_store.worker.refund_task import make_refunds
from tests.support.buyer import add, add_album, buy, download, order, order_id_of, press
from tests.support.factories import PASSWORD, add_account, make_album, make_artist, make_genre, make_track
from tests.support.media_files import mp3, save_picture
from tests.support.refunds import refund_form
from tests.support.store_driver import StoreDriver, ask_for_reset, form_at, register

_PLACEHOLDER = re.compile(r"\{\w+(?::[^}]*)?\}|\*\w+")
# What a payment provider's page leads back to, and links in emails, are GETs. Repeating them changes nothing more.
GETS_THAT_WRITE = ("checkout.pay", "checkout.return", "checkout.back", "purchases.open")
ORDER_ACTIONS = ("admin.order", "admin.refund", "admin.send_receipt")
NONSENSE = ("nothing", "0", "%E2%80%A6", "..%2f..%2fetc%2fpasswd", "x" * 400, "'\"<b>", "a" * 32 + "." + "b" * 43)


class WholeSite:
    """A filled store, and a value for every placeholder in its routes.

    Its browsers are a visitor's, that of a shopper with a cart, that of Alice (a customer) and that of Ada (an admin).
    """

    def __init__(self, store: StoreDriver, folder: Path) -> None:
        self.store = store
        self.cover, self.clip = _store_media(store, folder)
        _fill_catalogue(store, self.cover, self.clip)
        for title, price_cents, minimum_cents in (
            ("Sold", 900, None),
            ("Gift", 0, None),
            ("Unpaid", 700, None),
            ("Named", 800, 200),
        ):
            values = {"price_cents": price_cents, "minimum_cents": minimum_cents}
            add_album(store, folder, title, url=title.lower(), track_cents=99, **values)
        password_hash = store.registry.password_hasher.hash(PASSWORD)
        self.alice_id = add_account(store.db_sessions, password_hash, display_name="Alice")
        add_account(store.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"))
        self.visitor, self.alice, self.ada = store.browser(), store.signed_in(), store.signed_in("ada@example.org")
        self.shopper = store.browser()
        self.leaver = _account_to_be_deleted(store, password_hash)
        self.values = self._make_links() | self._do_admin_actions() | self._buy()
        store.deliver_mail()
        [self.values["mailbox.details"], *_] = _mailbox_names(self.visitor)
        self.values["mailbox.html"] = self.values["mailbox.details"]

    def _make_links(self) -> dict[str, str]:
        register(self.visitor, "carol@example.org")
        ask_for_reset(self.visitor)
        form = form_at(self.alice.get("/account"), "/account/email")
        form["email"], form["current_password"] = "alice@example.net", PASSWORD
        form.submit(status=303)
        codes = {
            "account.confirm": self.store.mailed_link("carol@example.org"),
            "account.reset_link": self.store.mailed_link("alice@example.org", "reset-password"),
            "account.confirm_email": self.store.mailed_link("alice@example.net"),
        }
        return {route: path.rpartition("/")[2] for route, path in codes.items()} | {
            "albums.details": "album",
            "albums.placeholder_cover": "album",
            "artists.details": "artist",
            "media.cover": f"{self.cover}-480.jpg",
            "media.preview": self.clip,
            "site.sitemap_page": "1",
            "__static/": "css/base.css",
        }

    def _do_admin_actions(self) -> dict[str, str]:
        form = form_at(self.ada.get("/admin/blocks"), "/admin/blocks")
        form["network"] = "198.51.100.0/24"
        form.submit(status=303)
        [block] = self.store.rows(AddressBlock)
        actions = ("account", "disable", "enable", "end_sessions", "start_reset", "role")
        return {f"admin.{action}": self.alice_id for action in actions} | {
            "admin.lift_block": block.id,
            **dict.fromkeys(("admin.album", "admin.album_price", "admin.track_prices"), "album"),
        }

    def _buy(self) -> dict[str, str]:
        """Alice buys “Sold” and begins to buy “Album”. The visitor buys “Sold” as a guest."""
        guests, owned = buy(self.visitor, "sold", "carol@example.org"), buy(self.alice, "sold")
        download(owned)
        for album in ("gift", "named"):
            add(self.shopper, album)
        press(self.shopper, "Unpaid 1", "unpaid")
        local = order(self.alice, "unpaid")
        [unpaid] = self.store.rows(Order, Order.paid_date.is_(None))
        [track, *_] = self.store.rows(Track, Track.title == "Sold 1")
        self.guests_order_id = order_id_of(guests)
        of_order = dict.fromkeys(("checkout.pay", "checkout.return", "checkout.back", "checkout.cancel"), unpaid.id)
        owned_routes = ("details", "receipt", "address", "withdraw")
        of_order |= {f"purchases.{route}": order_id_of(owned) for route in owned_routes}
        of_order |= dict.fromkeys((*ORDER_ACTIONS, "admin.order_address"), order_id_of(owned))
        problem_id = new_id()
        self.store.add(OrderProblem(id=problem_id, order_id=order_id_of(owned), kind=ALREADY_OWNED))
        return of_order | {
            "admin.problem_done": f"{order_id_of(owned)}/problems/{problem_id}",
            "purchases.credit_note": f"{order_id_of(owned)}/credit_notes/{self._refund(order_id_of(owned))}",
            "purchases.open": self.store.mailed_link("carol@example.org", "receipt").rpartition("/")[2],
            "purchases.download": f"{order_id_of(owned)}/tracks/{track.id}",
            "downloads.file": download(owned).request.path.rpartition("/")[2],
            "local_payments.details": local.request.path.rpartition("/")[2],
        }

    def _refund(self, order_id: str) -> str:
        """Ada refunds a part. Returns the id of the refund."""
        refund_form(self.ada, order_id, amount="1").submit(status=303)
        make_refunds(self.store.registry)
        [refund] = self.store.rows(Refund)
        return refund.id

    def routes(self) -> dict[str, str]:
        """Return the pattern of each route of the application, by name."""
        found = self.store.registry.introspector.get_category("routes")
        routes = (entry["introspectable"] for entry in found)
        return {route["name"]: "/" + route["pattern"].lstrip("/") for route in routes}

    def addresses(self, route: str, pattern: str) -> list[str]:
        """Return the real address of a route, and nonsensical ones."""
        if not _PLACEHOLDER.search(pattern):
            return [pattern]
        before, *_, after = _PLACEHOLDER.sub("\0", pattern).split("\0")
        return [f"{before}{value}{after}" for value in (self.values[route], *NONSENSE)]

    def pages(self) -> dict[str, tuple[TestApp, str]]:
        """Return the browser and the address of every HTML page, by a descriptive name."""
        visitor = {
            "home": "/", "albums": "/albums", "genre": "/albums?genre=folk&sort=title", "album": "/albums/album",
            "second page": "/albums?sort=title&after=1~album", "empty page": "/albums?sort=title&after=1~zzz",
            "bare album": "/albums/bare", "artist": "/artists/artist", "search": "/search", "found": "/search?q=album",
            "not found by search": "/search?q=nothing", "sign in": "/account/signin", "register": "/account/register",
            "registered": "/account/register_sent", "forgot": "/account/forgot_password", "sent": "/account/reset_sent",
            "confirm": f"/account/confirm/{self.values['account.confirm']}", "dead link": "/account/confirm/x",
            "mailbox": "/mail", "mail": f"/mail/{self.values['mailbox.details']}", "missing": "/nothing",
            "unreadable": "/albums?sort=%ff", "free album": "/albums/gift", "empty cart": "/cart",
            "purchases": "/purchases", "order": f"/purchases/{self.guests_order_id}",
            "receipt": f"/purchases/{self.guests_order_id}/receipt", "owned album": "/albums/sold",
            "old link": "/purchases/open/x",
        }  # fmt: skip
        signed_in = {
            "home of Alice": "/", "album for Alice": "/albums/album", "account": "/account",
            "export": "/account/export",
            "confirm the address": f"/account/confirm_email/{self.values['account.confirm_email']}",
            "missing for Alice": "/nothing", "library": "/library", "checkout of Alice": "/checkout",
            "credit note": f"/purchases/{self.values['purchases.credit_note']}",
            "refunded order": f"/purchases/{self.values['purchases.details']}",
            "nothing in the library": "/library?q=zzz",
            "unpaid order": f"/purchases/{self.values['checkout.cancel']}",
            "test payment": f"/payments/local/{self.values['local_payments.details']}",
        }  # fmt: skip
        admin = {
            "overview": "/admin", "accounts": "/admin/accounts", "found accounts": "/admin/accounts?q=ali",
            "no accounts": "/admin/accounts?q=zzz", "account of Alice": f"/admin/accounts/{self.alice_id}",
            "resets": "/admin/resets", "no resets": "/admin/resets?day=2000-01-01", "blocks": "/admin/blocks",
            "actions": "/admin/actions", "no account": "/admin/accounts/nothing", "orders": "/admin/orders",
            "no orders": "/admin/orders?q=zzz", "open problems": "/admin/orders?show=problems",
            "prices": "/admin/albums", "prices of an album": "/admin/albums/album",
            "no prices": "/admin/albums?q=nothing", "prices without tracks": "/admin/albums/bare",
            "order for Ada": f"/admin/orders/{self.guests_order_id}",
            "refund": f"/admin/orders/{self.values['purchases.details']}",
            "selling": "/admin/selling",
        }  # fmt: skip
        self.visitor.get(f"/account/reset_password/{self.values['account.reset_link']}", status=303)
        with_cart = {
            "cart": "/cart",
            "checkout": "/checkout",
            "album in a cart": "/albums/named",
            "home with a cart": "/",
        }
        return (
            {name: (self.visitor, path) for name, path in visitor.items()}
            | {name: (self.shopper, path) for name, path in with_cart.items()}
            | {name: (self.alice, path) for name, path in signed_in.items()}
            | {name: (self.ada, path) for name, path in admin.items()}
            | {"new password": (self.visitor, "/account/reset_password")}
            | {"account that will be deleted": (self.leaver, "/account")}
        )


def _store_media(store: StoreDriver, folder: Path) -> tuple[str, str]:
    picture, clip = save_picture(folder / "cover.png"), folder / "clip.mp3"
    clip.write_bytes(mp3())
    return store.registry.media.store_cover(picture), store.registry.media.store_audio(clip, "previews")


def _fill_catalogue(store: StoreDriver, cover: str, clip: str) -> None:
    artist, folk = make_artist("The Artist", url="artist", biography="A life."), make_genre("Folk")
    values: dict[str, Any] = {"description": "About it.", "credits": "By all.", "license_name": "CC BY 4.0"}
    discs = [make_track("One", preview=clip, lyrics="La.", composer="Ada"), make_track("Two", disc_number=2)]
    store.add(
        make_album("Album", artist, url="album", cover=cover, genres=[folk], tracks=discs, **values),
        make_album("Bare", artist, url="bare", tracks=[]),
        *(make_album(f"Album {number:02}", genres=[folk]) for number in range(30)),
    )


def _account_to_be_deleted(store: StoreDriver, password_hash: str) -> TestApp:
    account_id = add_account(store.db_sessions, password_hash, "leaver@example.org")
    store.add(PendingDeletion(account_id=account_id, due_date=utc_now() + timedelta(days=7)))
    return store.signed_in("leaver@example.org")


def _mailbox_names(browser: TestApp) -> list[str]:
    return [link["href"].rpartition("/")[2] for link in browser.get("/mail").html.main.select('a[href^="/mail/"]')]
