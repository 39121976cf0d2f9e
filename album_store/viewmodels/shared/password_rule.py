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
    folded = password.casefold()
    if email and email.casefold() in folded:
        return "This contains your e-mail address, which strangers try first."
    if len(store_name) > 3 and store_name.casefold() in folded and len(folded) < len(store_name) + MIN_CHARACTERS:
        return "This is little more than the name of this store, which strangers try first."
    known = [text for text in (*email.split("@"), store_name, *store_name.split()) if text]
    repeated = _REPEATED.fullmatch(password)
    core = repeated[1] if repeated and repeated[1].startswith(repeated[2]) else password
    ends = {core[:JUDGED_CHARACTERS], core[-JUDGED_CHARACTERS:]}
    estimates = [zxcvbn(end, user_inputs=known) for end in ends]
    if any(estimate["score"] >= LEAST_SCORE for estimate in estimates):
        return ""
    warning = estimates[0]["feedback"]["warning"]
    return f"This is too easy to guess. {warning}".strip().removesuffix(".") + ". Try a few unrelated words."
