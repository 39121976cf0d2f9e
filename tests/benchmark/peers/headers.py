"""Headers that the store sends with every page, so that the peers send as many bytes."""

from album_store.infrastructure.web.headers import HEADERS, TWO_YEARS_S

SECURITY_HEADERS = HEADERS | {"Strict-Transport-Security": f"max-age={TWO_YEARS_S}; includeSubDomains"}
