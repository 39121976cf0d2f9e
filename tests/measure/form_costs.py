"""Compares the cost of refused forms with that of an ordinary one (python -m tests.measure.form_costs)."""

import http.client
import statistics
import sys
import time
from urllib.parse import urlsplit

from tests.measure.production_store import production_store
from tests.support.production_ini import SITE_URL
from tests.support.running_store import RunningStore

SAMPLES = 100
WARM = 10
MAX_TIMES_ORDINARY = 3
ORDINARY = "ordinary"
FORM = "application/x-www-form-urlencoded"
PARTS = 680


def part(number: int) -> bytes:
    """Return one field of a multipart form."""
    return f'--x\r\nContent-Disposition: form-data; name="{number}"\r\n\r\n\r\n'.encode()


MULTIPART = b"".join(map(part, range(PARTS))) + b"--x--\r\n"

# The requests, sent to an address without a form: query, content type and body. Except for the first three, each is
# about as large as the server allows.
REQUESTS = {
    ORDINARY: ("", FORM, b"csrf_token=a&email=alice%40example.org&password=a"),
    "1,000 fields": ("", FORM, b"&".join([b"a"] * 1_000)),
    "1,001 fields": ("", FORM, b"&".join([b"a"] * 1_001)),
    "32,000 fields": ("", FORM, b"&".join([b"a"] * 32_000)),
    "8,000 in the query": ("&".join(["a"] * 8_000), FORM, b""),
    "8,000 in the query, by ;": (";".join(["a"] * 8_000), FORM, b""),
    f"multipart, {PARTS} parts": ("", "multipart/form-data; boundary=x", MULTIPART),
    "multipart, one file": ("", "multipart/form-data; boundary=x", part(0) + b"\n" * 64_000),
}


def times_ms(store: RunningStore) -> dict[str, list[float]]:
    """Return how long each request takes, in ms. Requests take turns, so that all run under the same conditions."""
    connection = http.client.HTTPConnection("localhost", urlsplit(store.url).port)
    times: dict[str, list[float]] = {name: [] for name in REQUESTS}
    for number in range(WARM + SAMPLES):
        for name, (query, content_type, body) in REQUESTS.items():
            headers = {"Host": urlsplit(SITE_URL).netloc, "X-Forwarded-Proto": "https", "Content-Type": content_type}
            headers["X-Forwarded-For"] = f"198.18.1.{number}"  # a new client each time, because of the rate limit
            started = time.perf_counter()
            connection.request("POST", f"/nothing?{query}", body, headers)
            answer = connection.getresponse()
            answer.read()
            times[name].append((time.perf_counter() - started) * 1000)
            assert answer.status in {400, 404, 415}, (name, answer.status)
    return {name: measured[WARM:] for name, measured in times.items()}


def main() -> int:
    """Print what each request costs. Returns 1 if one costs much more than an ordinary form."""
    with production_store() as store:
        medians = {name: statistics.median(times) for name, times in times_ms(store).items()}
    for name, median in medians.items():
        sys.stdout.write(f"{name:<26} {median:7.2f} ms   {median / medians[ORDINARY]:6.1f} x ordinary\n")
    return 0 if max(medians.values()) <= MAX_TIMES_ORDINARY * medians[ORDINARY] else 1


if __name__ == "__main__":
    sys.exit(main())
