"""The password policy.

It follows NIST SP 800-63B: a minimum length, a list of common passwords, and words from the account and the store. No
kinds of characters are required or forbidden. Anyone can submit the form, so each text is truncated before operations
whose time grows faster than its length.
"""

import gzip
import re
import unicodedata
from pathlib import Path

from album_store.infrastructure.security.password_hasher import MAX_BYTES, is_hashable

MIN_CHARACTERS = 8
# What a refused visitor is asked for: in UTF-8 a character takes up to four bytes, so this always fits in MAX_BYTES.
MAX_CHARACTERS = 1_000
# The most frequent passwords of a large leak, in lower case, without those shorter than MIN_CHARACTERS. From zxcvbn
# 4.5.0; see common_passwords-LICENSE.txt.
COMMON_PASSWORDS = frozenset(
    gzip.decompress(Path(__file__).with_name("common_passwords.txt.gz").read_bytes()).decode("ascii").split()
)
# How much of the address, the store's name and the password is compared. No deliverable address is longer, and a
# longer password holds more than an address or a name.
JUDGED_CHARACTERS = 254
# Shorter words appear by chance in too many good passwords.
MIN_WORD = 3


def why_refused(password: str, *, email: str, store_name: str) -> str:
    """Return why a new password is refused and what to do, in one or two sentences; empty if it is accepted.

    The arguments may be any text of any length; `email` may be empty.
    """
    if not password:
        return f"Enter a password with at least {MIN_CHARACTERS} characters."
    # First, because all other checks take longer for longer texts. A visitor can send half a surrogate pair.
    if len(password.encode(errors="surrogatepass")) > MAX_BYTES:
        return f"This password is too long. Use at most {MAX_CHARACTERS:,} characters."
    if not is_hashable(password):
        return "This password contains a character that can't be used. Remove it."
    # Normalization combines at most four characters into one, so truncating here cannot change the result.
    if len(unicodedata.normalize("NFC", password[: 4 * MIN_CHARACTERS])) < MIN_CHARACTERS:
        return f"This password is too short. Use at least {MIN_CHARACTERS} characters."
    return _why_guessable(password.casefold(), email[:JUDGED_CHARACTERS].casefold(), store_name[:JUDGED_CHARACTERS])


def _why_guessable(password: str, email: str, store_name: str) -> str:
    # NIST requires comparing the whole password, not parts or other spellings of it. Case, surrounding spaces and
    # repetition are ignored, because they cost an attacker next to nothing.
    unit = _unit(password)
    if not COMMON_PASSWORDS.isdisjoint({password.strip(), unit.strip()}):
        return "This password is too common. Choose another, such as a few unrelated words."
    if unit != password and len(unit) < MIN_CHARACTERS:
        return "This password repeats the same few characters. Choose another, such as a few unrelated words."
    if email and email in password:
        return "This password contains your email address, which is easy to guess. Leave it out."
    if len(unit) > JUDGED_CHARACTERS:
        return ""
    email_words, name_words = _words(email.split("@")), _words([store_name])
    for words, what in (
        (name_words, "the name of this store"),
        (email_words, "your email address"),
        (email_words | name_words, "your email address and the name of this store"),
    ):
        if _is_little_more_than(words, unit):
            return f"This password is little more than {what}, which is easy to guess. Add a few unrelated words."
    return ""


def _unit(text: str) -> str:
    """Return the shortest unit whose repetition forms the text (the last one may be cut off), or the text itself."""
    lengths = range(1, min(len(text) // 2, JUDGED_CHARACTERS) + 1)
    return next((text[:length] for length in lengths if text[length:] == text[:-length]), text)


def _words(texts: list[str]) -> set[str]:
    """Return each text as one word, and its single words, except those shorter than MIN_WORD."""
    parts = [part for text in texts for part in (text, *re.split(r"[\W_]+", text))]
    return {word for word in map(_letters, parts) if len(word) >= MIN_WORD}


def _letters(text: str) -> str:
    """Return only the letters and digits, so that case, accents and punctuation make no difference."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


def _is_little_more_than(words: set[str], password: str) -> bool:
    """Return whether the rest without the words is shorter than MIN_CHARACTERS and than the words themselves."""
    letters = rest = _letters(password)
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")  # a space, so that the text around a word does not form a new one
    rest = rest.replace(" ", "")
    # Each punctuation character counts only once, because many hyphens are as easy to guess as one.
    left = len(rest) + len({char for char in password if not char.isalnum()})
    return left < MIN_CHARACTERS and left < len(letters) - len(rest)
