"""Which passwords are refused, and why.

After NIST SP 800-63B: a length, a list of what everybody tries first, and nothing else: no character is required and
none is forbidden. How guessable a password is, zxcvbn estimates.
"""

import unicodedata

from zxcvbn import zxcvbn

from album_store.infrastructure.passwords import MAX_BYTES, is_hashable

MIN_BYTES = 8
TOO_LONG = f"This is too long: use at most {MAX_BYTES} bytes."
# zxcvbn's score of 2 stands for a million guesses and more.
LEAST_SCORE = 2
# zxcvbn's time grows with the square of the length; what comes after this makes no password worse.
JUDGED_CHARACTERS = 72


def why_refused(password: str, *, email: str, store_name: str) -> str:
    """One sentence that says why a new password is refused; empty if it is not."""
    if not password:
        return "Choose a password."
    if len(password) > MAX_BYTES:  # first, because all else takes time that grows with the length
        return TOO_LONG
    if "\0" in password or any(unicodedata.category(char) == "Cs" for char in password):
        return "This contains a character that no keyboard can type."
    if len(password.encode()) < MIN_BYTES:
        return f"This is too short: use at least {MIN_BYTES} characters."
    if not is_hashable(password):
        return TOO_LONG
    return _why_guessable(password, email, store_name)


def _why_guessable(password: str, email: str, store_name: str) -> str:
    folded = password.casefold()
    if email and email.casefold() in folded:
        return "This contains your e-mail address, which strangers try first."
    if len(store_name) > 3 and store_name.casefold() in folded and len(folded) < len(store_name) + MIN_BYTES:
        return "This is little more than the name of this store, which strangers try first."
    known = [text for text in (*email.split("@"), store_name, *store_name.split()) if text]
    estimate = zxcvbn(password[:JUDGED_CHARACTERS], user_inputs=known)
    if estimate["score"] >= LEAST_SCORE:
        return ""
    warning = estimate["feedback"]["warning"]
    return f"This is too easy to guess. {warning}".strip().removesuffix(".") + ". Try a few unrelated words."
