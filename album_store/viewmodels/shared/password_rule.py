"""Which passwords are refused, and why.

After NIST SP 800-63B: a length, a list of what everybody tries first, and nothing else: no character is required and
none is forbidden. How guessable a password is, zxcvbn estimates.
"""

import re
import unicodedata

from zxcvbn import zxcvbn

from album_store.infrastructure.passwords import MAX_BYTES, is_hashable

MIN_CHARACTERS = 8
TOO_LONG = f"This is too long: use at most {MAX_BYTES} bytes."
# zxcvbn's score of 2 stands for a million guesses and more.
LEAST_SCORE = 2
# zxcvbn tries every reading of digits and signs as letters, so its time explodes with the length: 20 characters take
# 0.1 s at the worst, 72 take 4 s. Of a longer password both ends are judged, and one good end is enough.
JUDGED_CHARACTERS = 20
# Shorter ones stand by chance in too many good passwords.
SHORTEST_WORD = 3
# No address that mail can reach is longer, and a form may bring anything.
JUDGED_EMAIL = 254
# The same few characters again and again, and the beginning of one more round.
_REPEATED = re.compile(r"(.{1,20}?)\1+(.{0,19})", re.DOTALL)


def why_refused(password: str, *, email: str, store_name: str) -> str:
    """One sentence that says why a new password is refused; empty if it is not."""
    if not password:
        return "Choose a password."
    if len(password) > MAX_BYTES:  # first, because all else takes time that grows with the length
        return TOO_LONG
    if "\0" in password or any(unicodedata.category(char) == "Cs" for char in password):
        return "This contains a character that no keyboard can type."
    if len(unicodedata.normalize("NFC", password)) < MIN_CHARACTERS:
        return f"This is too short: use at least {MIN_CHARACTERS} characters."
    if not is_hashable(password):
        return TOO_LONG
    return _why_guessable(password, email, store_name)


def _why_guessable(password: str, email: str, store_name: str) -> str:
    if email and email.casefold() in password.casefold():
        return "This contains your e-mail address, which strangers try first."
    email_parts, name_parts = email[:JUDGED_EMAIL].split("@"), [store_name]
    for parts, what in (
        (name_parts, "the name of this store"),
        (email_parts, "your e-mail address"),
        (email_parts + name_parts, "your e-mail address and the name of this store"),
    ):
        if _is_little_more_than(_words(parts), password):
            return f"This is little more than {what}, which strangers try first."
    return _why_easy(password, [*email_parts, *name_parts, *_words(email_parts + name_parts)])


def _words(texts: list[str]) -> list[str]:
    """Each text as one word, and the words in it; the longest first."""
    parts = [part for text in texts for part in (text, *re.split(r"[\W_]+", text))]
    words = [word for word in map(_letters, parts) if len(word) >= SHORTEST_WORD]
    return sorted(dict.fromkeys(words), key=len, reverse=True)


def _letters(text: str) -> str:
    """The letters and digits alone, so that case, accents and signs in between hide nothing."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


def _is_little_more_than(words: list[str], password: str) -> bool:
    """Whether less than a password, and less than the words themselves, is left without the words."""
    letters = _letters(password)
    rest = re.sub("|".join(words), "", letters)
    # Signs between the words count too, each once, because any number of hyphens is as easy as one.
    left = len(rest) + len({char for char in password if not char.isalnum()})
    return left < MIN_CHARACTERS and left < len(letters) - len(rest)


def _why_easy(password: str, known: list[str]) -> str:
    repeated = _REPEATED.fullmatch(password)
    core = repeated[1] if repeated and repeated[1].startswith(repeated[2]) else password
    ends = {core[:JUDGED_CHARACTERS], core[-JUDGED_CHARACTERS:]}
    estimates = [zxcvbn(end, user_inputs=[text for text in known if text]) for end in ends]
    if any(estimate["score"] >= LEAST_SCORE for estimate in estimates):
        return ""
    warning = estimates[0]["feedback"]["warning"]
    return f"This is too easy to guess. {warning}".strip().removesuffix(".") + ". Try a few unrelated words."
