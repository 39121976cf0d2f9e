"""Flash messages about purchases."""

FLASH_MESSAGES = {
    "already-owned": "You already own this album. Here it is.",
    "browser-forgotten": "This browser has forgotten your purchases. The links in your emails still work.",
    "payment-cancelled": "The payment has been cancelled. You have not been charged.",
    "payment-in-progress": (
        "This payment has been made and is being processed, so it can't be cancelled any more. "
        "We'll email you as soon as it has arrived."
    ),
    "payment-unfinished": (
        "You have not finished paying for this album. Go on with this payment, or cancel it to change the order."
    ),
    "purchase-link-sent": (
        "If anything was bought with this address, we've sent a link to it. Check your spam folder too."
    ),
}
