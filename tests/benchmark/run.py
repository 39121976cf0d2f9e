"""What the parts of the benchmark share."""

from dataclasses import dataclass

from tests.benchmark.load import Effort
from tests.benchmark.servers import Fleet


@dataclass(frozen=True)
class Run:
    """The processes, the cookies of a browser that is signed in and of one with a cart, and how much is measured."""

    fleet: Fleet
    cookies: str
    cart_cookies: str
    effort: Effort
