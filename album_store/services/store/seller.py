"""Who sells."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Seller:
    """Who sells, as receipts say it, and the address that hears of orders with a problem."""

    name: str
    address: str
    tax_number: str
    note: str
    email: str
