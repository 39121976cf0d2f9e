"""Which passwords are refused, and why."""

import unicodedata

import pytest

from album_store.viewmodels.shared import password_rule
from album_store.viewmodels.shared.password_rule import COMMON_PASSWORDS, JUDGED_CHARACTERS, why_refused


def judge(password, email="alice@example.org", store_name="Harbour Lane Records"):
    return why_refused(password, email=email, store_name=store_name)


@pytest.mark.parametrize(
    "password",
    [
        "kvartsuR",
        "correct horse battery staple",
        "  kvartsuR zlomek  ",
        "\u65e5\u672c\u8a9e\u306e\u97f3\u697d\u3092\u8074\u304f",
        "\u0440\u0456\u043a\u0430 \u0456 \u0433\u043e\u0440\u0430",
        "\U0001f3b8\U0001f941\U0001f3b9\U0001f3ba\U0001f3bb guitars",
        "tab\tand\nnewline kvartsu",
        "kvartsu alice zlomek",
        "the harbour lane records I bought in May",
        ("seventeen grey herons " * 200)[:4096],
    ],
)
def test_a_good_password_is_accepted_in_any_script(password):
    assert judge(password) == ""


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "Enter a password with at least 8 characters."),
        ("kvartsu", "too short"),
        ("\u00e9" * 3, "too short"),
        ("kvartsuR" * 512 + "x", "too long"),
        ("\u00e9" * 2_049, "too long"),
        ("kvartsu\0R zlomek", "can't be used"),
        ("kvartsu\ud800R zlomek", "can't be used"),
        ("alice@example.org", "your email address"),
        ("xx Alice@Example.ORG yy", "your email address"),
        ("harbour lane records", "the name of this store"),
        ("Harbour Lane Records1", "the name of this store"),
        ("password", "too common"),
        ("Password1", "too common"),
        ("12345678", "too common"),
        ("qwertyuiop", "too common"),
        (" PASSWORD\t", "too common"),
        ("aaaaaaaaaaaa", "same few characters"),
        ("abcabcabca", "same few characters"),
        ("        ", "same few characters"),
        ("harbour1", "the name of this store"),
        ("example.org", "your email address"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(password, reason):
    why = judge(password)
    assert reason in why
    assert why.endswith(".")
    assert ".." not in why


@pytest.mark.parametrize(
    "password", ["kvartsu", "kvarts\u00e9", "kvartse\u0301", "\u0436\u0437\u0449\u044e\u0439\u0446\u0445"]
)
def test_the_minimum_length_counts_characters_and_not_bytes(password):
    assert judge(password) == "This password is too short. Use at least 8 characters."
    assert judge(f"{password}R") == ""


def test_the_maximum_length_counts_bytes():
    assert judge(("seventeen grey herons " * 200)[:4096]) == ""
    assert judge(("seventeen grey herons " * 200)[:4097]).startswith("This password is too long")
    assert judge(("dix-sept h\u00e9rons gris " * 200)[:4000]).startswith("This password is too long")


def test_the_most_common_passwords_are_refused():
    assert len(COMMON_PASSWORDS) > 3_000
    assert {"password", "12345678", "iloveyou", "trustno1", "football", "sunshine1", "1q2w3e4r"} <= COMMON_PASSWORDS
    assert [word for word in COMMON_PASSWORDS if "too common" not in judge(word.upper(), email="")] == []


def test_common_passwords_are_listed_in_lower_case_and_have_8_characters():
    assert [word for word in COMMON_PASSWORDS if word != word.strip().casefold() or len(word) < 8] == []


@pytest.mark.parametrize(
    ("store_name", "password"),
    [
        ("Harbour Lane Records", "harbourlanerecords"),
        ("Harbour Lane Records", "HarbourLaneRecords"),
        ("Harbour Lane Records", "harbour-lane-records"),
        ("Harbour Lane Records", "harbourlanerecords2026"),
        ("Harbour Lane Records", "Harbour Lane Records 2026!"),
        ("Harbour Lane Records", "recordslaneharbour"),
        ("Harbour Lane Records", "harbour lane 12"),
        ("Harbour Lane Records", "h.a.r.b.o.u.r.l.a.n.e"),
        ("Harbour Lane Records", "\uff48\uff41\uff52\uff42\uff4f\uff55\uff52\uff4c\uff41\uff4e\uff45"),
        ("Harbour Lane Records", "harbourlanerecords" * 200),
        ("Album Store", "albumstore1"),
        ("Album Store", "Album-Store!"),
        ("Blue Note Caf\u00e9", "bluenotecafe"),
        ("Stra\u00dfe", "STRASSE99"),
    ],
)
def test_the_store_name_is_refused_in_any_spelling(store_name, password):
    assert judge(password, store_name=store_name) == (
        "This password is little more than the name of this store, which is easy to guess. Add a few unrelated words."
    )


@pytest.mark.parametrize(
    ("password", "what"),
    [
        ("annamariaschulz", "your email address"),
        ("AnnamariaSchulz1", "your email address"),
        ("Schulz-Annamaria 1990", "your email address"),
        ("harbour-schulz 12", "your email address and the name of this store"),
    ],
)
def test_parts_of_the_email_address_are_refused_in_any_spelling(password, what):
    why = judge(password, email="annamaria.schulz@example.org")
    assert why == f"This password is little more than {what}, which is easy to guess. Add a few unrelated words."


@pytest.mark.parametrize(
    "password",
    [
        "harbour lane records saved my life twice",
        "harbour kvartsuR",
        "!#%&$@?* harbour",
    ],
)
def test_a_good_password_may_contain_a_word_of_the_store_name(password):
    assert judge(password) == ""


def test_a_short_store_name_is_not_checked():
    assert judge("a xyz of kvartsu", store_name="xyz") == ""


def test_without_an_address_the_other_rules_apply():
    assert judge("correct horse battery staple", email="") == ""
    assert "too common" in judge("password", email="")


@pytest.mark.parametrize("password", ["password" * 20, "Password" * 20, "qwertyuiop" * 10, "1234567890" * 30])
def test_a_repeated_common_password_is_refused(password):
    assert "too common" in judge(password)


@pytest.mark.parametrize("password", ["a" * 3000, "abcabcabc" * 9, "kvartsu" * 2])
def test_a_repeated_short_sequence_is_refused(password):
    assert "same few characters" in judge(password)


@pytest.mark.parametrize(
    "password", ["passwordpasswordpasswordpassword kvartsuR zlomek", "kvartsuR zlomek" + "a" * 60, "kvartsuR" * 3]
)
def test_a_good_password_may_repeat_itself_or_contain_a_common_one(password):
    assert judge(password) == ""


@pytest.mark.parametrize("password", ["a" + "\u0334\u0345" * 1_023, "\ufdfa" * 1_364 + "x", "harbour" * 500 + "x"])
def test_only_a_bounded_part_of_a_text_is_normalized(monkeypatch, password):
    lengths = []

    class Watched:
        """Records the lengths of normalized texts."""

        def normalize(self, form: str, text: str) -> str:
            lengths.append(len(text))
            return unicodedata.normalize(form, text)

    monkeypatch.setattr(password_rule, "unicodedata", Watched())
    judge(password, email="alice." * 10_000, store_name="Harbour " * 8_000)
    judge(password[:200], email="\u0334\u0345" * 30_000, store_name="\u0334\u0345" * 30_000)
    assert max(lengths) <= JUDGED_CHARACTERS
