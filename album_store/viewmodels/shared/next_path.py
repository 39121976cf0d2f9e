"""Where to go after signing in."""

import re

# One slash and then neither slash nor backslash: browsers read "//" and "/\" as the start of another host.
_PATH_ON_THIS_SITE = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def safe_next_path(text: str) -> str:
    """The path, if it is one on this site; otherwise an empty text."""
    return text if len(text) <= 2_000 and _PATH_ON_THIS_SITE.fullmatch(text) else ""
