"""Which page to return to after sign-in, and how links carry it."""

import re

from pyramid.request import Request

# One slash, then neither slash nor backslash: browsers treat "//" and "/\\" as the start of another host.
_PATH_ON_THIS_SITE = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


def safe_next_path(text: str) -> str:
    """Return the path if it is on this site, otherwise an empty string."""
    return text if len(text) <= 2_000 and _PATH_ON_THIS_SITE.fullmatch(text) else ""


def next_query(request: Request) -> dict[str, str]:
    """Return the query of links to sign-in, registration and reset, which says where to return to; {} for nowhere.

    This is the page with the link. A page about accounts passes on the path that it was given instead, because its own
    path may contain the secret of an emailed link. An error page passes on nothing. On a public page the query depends
    only on the URL, so that caches may keep the page.
    """
    if request.matched_route and request.matched_route.name.startswith("account."):
        path = request.params.get("next", "")
    else:
        path = request.path_qs if request.exception is None else ""
    safe_path = safe_next_path(path) if isinstance(path, str) else ""  # an uploaded file counts as missing
    return {"next": safe_path} if safe_path else {}
