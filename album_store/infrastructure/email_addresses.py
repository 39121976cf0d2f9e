"""Email addresses as forms and commands read them."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

MAX_EMAIL_CHARACTERS = 254  # RFC 5321


def email_line(text: str) -> str:
    """Filter: trim, and remove the format characters that pasting can add. Control characters stay and are refused."""
    return "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Cs"}).strip()


def canonical_email(text: str) -> str:
    """Return the canonical form of an address: lower case, with the domain in ASCII (IDNA).

    Raises EmailNotValidError; callers show their own sentence. Addresses that need SMTPUTF8 are refused, because email
    to them would be lost. `.test` domains are accepted, although email to them never arrives.
    """
    if len(text) > MAX_EMAIL_CHARACTERS:  # check this first: parsing 64 KB takes a tenth of a second
        raise EmailNotValidError("It is too long.")
    checked = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    return checked.ascii_email.lower()
