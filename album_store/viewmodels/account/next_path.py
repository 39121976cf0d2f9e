"""Validates the path to redirect to after sign-in."""

import re

# One slash, then neither slash nor backslash: browsers treat "//" and "/\" as the start of another host.
_PATH_ON_THIS_SITE = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def safe_next_path(text: str) -> str:
    """Return the path if it is on this site, otherwise an empty string."""
    return text if len(text) <= 2_000 and _PATH_ON_THIS_SITE.fullmatch(text) else ""
