"""Flash messages about purchases."""

FLASH_MESSAGES = {
    "added-to-cart": "Added to your cart.",
    "address-closed": "The address of this purchase can't be corrected any more.",
    "address-corrected": "The address is corrected. We've sent the receipt to it.",
    "address-same": "The purchase already has this address.",
    "album-in-cart": "The whole album is in your cart, so you get this track with it.",
    "already-owned": "You already own this. Here it is.",
    "browser-forgotten": "This browser has forgotten your purchases. The links in your emails still work.",
    "cart-full": "Your cart is full. Buy or remove what is in it first.",
    "earlier-order-in-progress": (
        "The payment of your earlier order is being processed, so it can't be cancelled any more. "
        "We'll email you as soon as it has arrived."
    ),
    "earlier-order-paid": "Your earlier order has been paid. We've emailed you a link to it.",
    "not-for-sale": "This can't be bought at the moment.",
    "not-paid": "You have not paid. What you wanted to buy is still in your cart.",
    "other-currency": "This is sold in another currency than what is in your cart. Buy or remove that first.",
    "payment-begun": "You have already begun to pay for this. Go on with that order, or cancel it.",
    "payment-cancelled": "The payment has been cancelled. You have not been charged.",
    "payment-in-progress": (
        "This payment has been made and is being processed, so it can't be cancelled any more. "
        "We'll email you as soon as it has arrived."
    ),
    "purchase-link-sent": (
        "If anything was bought with this address, we've sent a link to it. Check your spam folder too."
    ),
    "withdrawal-closed": "You can't withdraw from this purchase.",
}
