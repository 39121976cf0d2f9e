"""The strength meter below a new password: what it says, when it is fetched, and that forms do without it."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from album_store.viewmodels.shared.password_rule import why_refused
from tests.browser.pages import account, reset_password
from tests.browser.survey import AXE_OPTIONS, axe_findings, sideways_findings

REGISTER = "/account/register"
METER, ESTIMATOR = "/js/password_meter", "/js/vendor/"
REFUSED = "1"
PAUSE_MS = 500
WEAK, GOOD = "password1", "kvartsuR zlomek fjord"
# On both sides of each of the rule's limits.
PASSWORDS = [
    "kvartsu",
    "é" * 3,
    "жщюэъфы",
    WEAK,
    "HarbourRecords",
    "Harbour Lane Records1",
    "the harbour lane records I bought in May",
    "harbour-lane-records",
    "harbourlanerecords2026",
    "recordslaneharbour",
    "harbour lane 12",
    "h4rb0url4n3",
    "Hárbour-Läne 12",
    "harbour kvartsuR",
    "harbour lane records saved my life twice",
    "alice@example.org",
    "xx Alice@Example.ORG kvartsuR",
    "example.org",
    "kvartsu alice zlomek",
    "password" * 20,
    "kvartsuR zlomek" + "a" * 60,
    "a" * 60 + "kvartsuR zlomek",
    "\U0001f3b8" * 30,
    "日本語の音楽を聴く",
    "x" * 4097,
]


class Meter:
    """The meter of the page that a visitor is on, and the scripts that the page has asked for."""

    def __init__(self, visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.bar = self.page.get_by_role("meter", name="Strength of the password")
        self.words = self.page.locator(".strength").get_by_role("status")
        self.scripts = []
        self.page.clock.install()
        self.page.on("request", lambda request: "/js/" in request.url and self.scripts.append(request))

    def fetched(self, path):
        """How often a script was asked for."""
        return sum(path in script.url for script in self.scripts)

    def says(self, words, value):
        """Wait until the meter shows this verdict."""
        expect(self.words).to_have_text(words)
        expect(self.bar).to_have_attribute("value", value)

    def judges(self, password):
        """Type a password, let the pause pass, and see whether the meter takes it for one that the store refuses."""
        self.visitor.fill(password=password)
        expect(self.words).to_have_count(1)
        self.page.clock.run_for(PAUSE_MS)
        expect(self.words).not_to_be_empty()
        return self.bar.get_attribute("value") == REFUSED


@pytest.fixture
def meter(visitor):
    made = Meter(visitor)
    visitor.go(REGISTER)
    return made


def test_the_meter_follows_what_is_typed(meter):
    for password, words, value in [
        ("harbour", "Too short: at least 8 characters", REFUSED),
        (WEAK, "Too easy to guess", REFUSED),
        ("kvartsuR", "Strength: fair", "2"),
        ("kvartsuRz", "Strength: good", "3"),
        (GOOD, "Strength: very good", "4"),
        ("seventeen herons " * 241, "Too long: at most 4096 bytes", REFUSED),
    ]:
        meter.visitor.fill(password=password)
        meter.says(words, value)
    meter.visitor.fill(password="")
    expect(meter.words).to_be_empty()
    expect(meter.bar).to_have_count(0)


def test_the_meter_judges_as_the_store_does(meter):
    email, store_name = "Alice@example.org", meter.page.locator(".site-name").inner_text()
    meter.visitor.fill(email=email)
    for password in PASSWORDS:
        refused = bool(why_refused(password, email=email.lower(), store_name=store_name))
        assert meter.judges(password) == refused, password


@pytest.mark.parametrize("open_page", [reset_password, account])
def test_the_address_of_the_account_is_no_password_either(visitor, open_page):
    open_page(visitor)
    meter = Meter(visitor)
    assert meter.judges(f"{visitor.email} kvartsuR zlomek")
    expect(meter.bar).to_have_count(1)


def test_an_address_typed_after_the_password_counts(meter):
    assert not meter.judges("alice@example.org")
    meter.visitor.fill(email="alice@example.org")
    meter.says("Too easy to guess", REFUSED)


def test_a_shown_password_is_still_judged(meter):
    assert meter.judges(WEAK)
    meter.page.get_by_label("Show the passwords").check()
    meter.visitor.fill(password=GOOD)
    meter.says("Strength: very good", "4")


def test_the_words_wait_until_the_typing_rests(meter):
    meter.page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    meter.visitor.fill(password=WEAK)
    expect(meter.words).to_have_count(1)
    for key in "23":
        meter.page.locator('[name="password"]').press_sequentially(key)
        meter.page.clock.run_for(PAUSE_MS - 100)
        expect(meter.words).to_be_empty()
    meter.page.clock.run_for(100)
    expect(meter.words).to_have_text("Too easy to guess")


def test_the_estimator_is_fetched_with_the_first_key_and_only_once(meter):
    meter.visitor.fill(email="alice@example.org", confirm_password=GOOD)
    meter.page.locator('[name="password"]').focus()
    meter.page.wait_for_load_state("networkidle")
    assert (meter.fetched(METER), meter.fetched(ESTIMATOR)) == (1, 0)
    meter.page.locator('[name="password"]').press_sequentially("kvartsuR")
    meter.says("Strength: fair", "2")
    assert (meter.fetched(METER), meter.fetched(ESTIMATOR)) == (1, 1)


def test_a_page_without_a_new_password_fetches_nothing(visitor):
    visitor.open_account()
    visitor.sign_out()
    meter = Meter(visitor)
    visitor.sign_in()
    assert (meter.fetched(METER), meter.fetched(ESTIMATOR)) == (0, 0)


def test_each_script_is_asked_for_by_what_is_in_it(meter):
    meter.judges(GOOD)
    assert len(meter.scripts) == 3
    for script in meter.scripts:
        assert script.url.endswith("?x=" + hashlib.sha256(script.response().body()).hexdigest()[:12])


@pytest.mark.parametrize("path", [METER, ESTIMATOR])
def test_a_form_whose_meter_cannot_be_loaded_is_as_it_was(meter, path):
    meter.visitor.watch.allowed_paths.add(path)
    meter.scripts.clear()
    meter.page.route(f"**{path}*", lambda route: route.abort("connectionfailed"))
    meter.visitor.register()
    assert [script.failure for script in meter.scripts if path in script.url] == ["net::ERR_CONNECTION_FAILED"]


def test_whoever_saves_data_gets_no_meter(make_visitor):
    visitor = make_visitor()
    visitor.page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } });")
    meter = Meter(visitor)
    visitor.register()
    assert (meter.fetched(METER), meter.fetched(ESTIMATOR)) == (1, 0)


@pytest.mark.parametrize("password", [WEAK, GOOD])
def test_everybody_can_use_the_meter(meter, password):
    meter.judges(password)
    assert axe_findings(meter.page, AXE_OPTIONS) == {}
    assert sideways_findings(meter.page) == {}
