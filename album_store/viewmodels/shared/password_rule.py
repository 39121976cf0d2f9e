"""Which passwords are refused, and why.

After NIST SP 800-63B: a length, a list of common passwords, and what is plain from the account and the store. No
character is required and none is forbidden. The form that asks is open to every visitor, so each text is cut before
anything is done to it whose time grows faster than its length.
"""

import gzip
import re
import unicodedata
from pathlib import Path

from album_store.infrastructure.security.password_hasher import MAX_BYTES, is_hashable

MIN_CHARACTERS = 8
# The most frequent ones of a large leak, in lower case, without those that are too short for the rule. They come from
# zxcvbn 4.5.0; common_passwords-LICENSE.txt says more.
COMMON_PASSWORDS = frozenset(
    gzip.decompress(Path(__file__).with_name("common_passwords.txt.gz").read_bytes()).decode("ascii").split()
)
# So much of the address, of the store's name and of the password is compared with each other. No address that mail
# can reach is longer, and a longer password is more than an address or a name.
JUDGED_CHARACTERS = 254
# Shorter ones stand by chance in too many good passwords.
MIN_WORD = 3


def why_refused(password: str, *, email: str, store_name: str) -> str:
    """One or two sentences that say why a new password is refused and what to do; empty if it is not.

    Each text may be anything of any length; `email` may be empty.
    """
    if not password:
        return "Choose a password."
    # First, because all else takes time that grows with the length. A visitor can send half a surrogate pair.
    if len(password.encode(errors="surrogatepass")) > MAX_BYTES:
        return f"This is too long: use at most {MAX_BYTES} bytes."
    if not is_hashable(password):
        return "This contains a character that no keyboard can type. Leave it out."
    # Normalization makes at most four characters one, so what is cut off here cannot matter.
    if len(unicodedata.normalize("NFC", password[: 4 * MIN_CHARACTERS])) < MIN_CHARACTERS:
        return f"This is too short: use at least {MIN_CHARACTERS} characters."
    return _why_guessable(password.casefold(), email[:JUDGED_CHARACTERS].casefold(), store_name[:JUDGED_CHARACTERS])


def _why_guessable(password: str, email: str, store_name: str) -> str:
    # NIST asks to look for the whole password, not for parts or other spellings of it. Capitals, spaces around it and
    # repetition are passed over, because they cost a guesser next to nothing.
    unit = _unit(password)
    if not COMMON_PASSWORDS.isdisjoint({password.strip(), unit.strip()}):
        return "This is one of the passwords that are tried first. Choose another, such as a few unrelated words."
    if unit != password and len(unit) < MIN_CHARACTERS:
        return "This repeats the same few characters. Choose another, such as a few unrelated words."
    if email and email in password:
        return "This contains your e-mail address, which strangers try first. Leave it out."
    if len(unit) > JUDGED_CHARACTERS:
        return ""
    email_words, name_words = _words(email.split("@")), _words([store_name])
    for words, what in (
        (name_words, "the name of this store"),
        (email_words, "your e-mail address"),
        (email_words | name_words, "your e-mail address and the name of this store"),
    ):
        if _is_little_more_than(words, unit):
            return f"This is little more than {what}, which strangers try first. Add a few unrelated words."
    return ""


def _unit(text: str) -> str:
    """What a text says twice or more (and may begin once more); the text itself if it says nothing twice."""
    lengths = range(1, min(len(text) // 2, JUDGED_CHARACTERS) + 1)
    return next((text[:length] for length in lengths if text[length:] == text[:-length]), text)


def _words(texts: list[str]) -> set[str]:
    """Each text as one word, and the words in it."""
    parts = [part for text in texts for part in (text, *re.split(r"[\W_]+", text))]
    return {word for word in map(_letters, parts) if len(word) >= MIN_WORD}


def _letters(text: str) -> str:
    """The letters and digits alone, so that case, accents and signs in between hide nothing."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


def _is_little_more_than(words: set[str], password: str) -> bool:
    """Whether less than a password, and less than the words themselves, is left without the words."""
    letters = rest = _letters(password)
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")  # a space, so that what stood around a word does not become one
    rest = rest.replace(" ", "")
    # Signs between the words count too, each once, because any number of hyphens is as easy as one.
    left = len(rest) + len({char for char in password if not char.isalnum()})
    return left < MIN_CHARACTERS and left < len(letters) - len(rest)
