"""The figures, events, tests and tables in the security documents are correct."""

import dataclasses
import re
from datetime import timedelta
from pathlib import Path

import album_store
from album_store.infrastructure.security.bounded_counters import MAX_COUNTERS
from album_store.infrastructure.security.rate_limits import Limit
from album_store.infrastructure.settings import Settings
from album_store.services.account import attempt_service
from album_store.services.account.attempt_service import ACTIONS, Action
from album_store.services.mail_spacing import MAX_PER_DAY, MAX_WHILE_A_LINK_WORKS, PAUSES
from tests.support.checkout import CHECKOUT
from tests.support.documents import DOCS, names_in, rows, section, text_of

PACKAGE = Path(album_store.__file__).parent
ASVS, LIMITS, LOGGING = (DOCS / name for name in ("asvs.md", "rate-limits.md", "logging.md"))
PAGES = [CHECKOUT / "SECURITY.md", DOCS / "accounts.md", ASVS, LIMITS, LOGGING]
TESTS = sorted(Path(__file__).parents[1].rglob("test_*.py"))

# The number of requirements in each section of OWASP ASVS 5.0.0: 6.1, 6.2 and so on.
REQUIREMENTS = {6: [3, 12, 8, 6, 8, 4, 2, 4], 7: [3, 4, 2, 5, 3, 2], 8: [4, 4, 3, 2]}
LINE = re.compile(r"^\| (\d\.\d\.\d+) \| [123] \| [^|]+ \| (met|left out|does not apply)(.*) \|$", re.MULTILINE)
NAMED_TEST = re.compile(r"`(test_\w+)::(test_\w+)`")


def words_of(document: Path) -> str:
    """Return the text of a document on one line."""
    return " ".join(text_of(document).split())


def in_words(limit: Limit) -> str:
    """Return a limit as written on the page, such as "10 in 5 minutes, 50 an hour"."""
    once = {"hour": "an hour", "day": "a day"}
    spans = [(rate.GRANULARITY.name, rate.multiples) for rate in limit.rates]
    words = [once[unit] if number == 1 else f"in {number} {unit}s" for unit, number in spans]
    return ", ".join(f"{rate.amount:,} {span}" for rate, span in zip(limit.rates, words, strict=True))


def test_the_limits_page_matches_the_limits_in_the_code():
    actions = [value for value in vars(attempt_service).values() if isinstance(value, Action)]
    in_code = {
        action.name: [
            in_words(limit) if limit else "none"
            for limit in (action.client, action.network, action.target, action.alarm)
        ]
        for action in actions
    }
    text = section(LIMITS, "Limits")
    assert dict(zip(names_in(text), [row[1:] for row in rows(text)], strict=True)) == in_code
    assert len(actions) == len(ACTIONS) == 11


def test_the_intervals_between_emails_on_the_page_match_the_code():
    pauses = [pause // timedelta(minutes=1) for pause in PAUSES]
    assert pauses == [0, 0, 0, 5, 20, 60]
    text = words_of(LIMITS)
    assert "three at once, then 5, 20 and 60 minutes apart" in text
    assert f"and {MAX_PER_DAY} in 24 hours" in text
    assert f"no more than {MAX_WHILE_A_LINK_WORKS} are emailed" in text


def test_the_maximum_number_of_counters_on_the_page_matches_the_code():
    assert f"at most {MAX_COUNTERS:,} of them" in words_of(LIMITS)


def test_the_logging_page_lists_exactly_the_events_in_the_code():
    in_code = {
        event for path in PACKAGE.rglob("*.py") for event in re.findall(r"event=([a-z-]+)", path.read_text("utf-8"))
    }
    on_page = names_in(section(LOGGING, "What is logged"))
    assert sorted(on_page) == sorted(in_code)


def test_the_defaults_on_the_security_pages_match_the_code():
    defaults = {field.metadata["key"]: field.metadata["default"] for field in dataclasses.fields(Settings)}
    text = "".join(map(text_of, PAGES))
    on_page = re.findall(r"(\d+) (?:seconds|minutes|hours|days) \(`([a-z_.]+)`\)", text)
    assert [(number, key) for number, key in on_page if defaults[key] != number] == []
    assert {key for _, key in on_page} == {
        key for key in defaults if key.startswith(("reset.", "registration.", "session.", "audit."))
    }


def test_the_asvs_page_lists_each_requirement_of_three_chapters_once():
    expected = [
        f"{chapter}.{number}.{line}"
        for chapter, counts in REQUIREMENTS.items()
        for number, count in enumerate(counts, 1)
        for line in range(1, count + 1)
    ]
    assert re.findall(r"^\| (\d\.\d\.\d+) \|", text_of(ASVS), re.MULTILINE) == expected
    assert [found[0] for found in LINE.findall(text_of(ASVS))] == expected


def test_each_met_requirement_names_a_test_and_each_other_one_a_reason():
    for number, verdict, rest in LINE.findall(text_of(ASVS)):
        assert NAMED_TEST.search(rest) if verdict == "met" else len(rest) > 10, number


def test_every_test_named_on_the_security_pages_exists():
    text = "".join(map(text_of, PAGES))
    named = set(NAMED_TEST.findall(text))
    there = {
        (path.stem, name)
        for path in TESTS
        for name in re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    assert sorted(named - there) == []
    assert text.count("`test_") == len(NAMED_TEST.findall(text)) > 0
