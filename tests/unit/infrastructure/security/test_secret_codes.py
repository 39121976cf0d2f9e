"""Secrets in cookies and links."""

import hashlib

import pytest

from album_store.infrastructure.security.secret_codes import (
    LinkCode,
    hash_secret,
    is_secret,
    looks_like_secret,
    new_secret,
)

ID, SECRET = "0123456789abcdef" * 2, "Ab-_" * 10 + "xyz"


def test_a_secret_has_256_bits_and_does_not_repeat():
    secrets = {new_secret() for _ in range(1_000)}
    assert len(secrets) == 1_000
    assert all(looks_like_secret(secret) for secret in secrets)
    assert len(SECRET) * 6 >= 256


def test_the_hash_of_a_secret_is_its_sha_256():
    assert hash_secret(SECRET) == hashlib.sha256(SECRET.encode()).hexdigest()
    assert is_secret(SECRET, hash_secret(SECRET))


@pytest.mark.parametrize("other", ["", SECRET[:-1], SECRET + "a", SECRET.lower(), hash_secret(SECRET)])
def test_other_secrets_do_not_match_the_hash(other):
    assert not is_secret(other, hash_secret(SECRET))


@pytest.mark.parametrize("same", [0, 8, 32, 63])
def test_a_hash_with_a_common_prefix_does_not_match(same):
    stored = hash_secret(SECRET)
    other = stored[:same] + "".join("1" if digit == "0" else "0" for digit in stored[same:])
    assert not is_secret(SECRET, other)
    assert not is_secret(SECRET, stored[:same])


@pytest.mark.parametrize(
    "text", ["", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "\n", "a" * 43 + "\n", "\u00e9" * 43, "\uff41" * 43]
)
def test_a_text_of_the_wrong_form_does_not_look_like_a_secret(text):
    assert not looks_like_secret(text)


def test_a_code_is_parsed_as_it_was_written():
    code = LinkCode(ID, SECRET)
    assert str(code) == f"{ID}.{SECRET}"
    assert LinkCode.parse(str(code)) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        ID,
        SECRET,
        f"{ID}{SECRET}",
        f"{ID}..{SECRET}",
        f".{ID}.{SECRET}",
        f"{ID.upper()}.{SECRET}",
        f"{ID[:-1]}.{SECRET}",
        f"{ID}0.{SECRET}",
        f"{ID}.{SECRET[:-1]}",
        f"{ID}.{SECRET}a",
        f"{ID}.{SECRET}\n",
        f" {ID}.{SECRET}",
        f"{ID}:{SECRET}",
        f"{'g' * 32}.{SECRET}",
        f"{chr(0x0663) * 32}.{SECRET}",
        f"{ID}.{SECRET}" * 2,
    ],
)
def test_an_invalid_code_is_none(text):
    assert LinkCode.parse(text) is None
