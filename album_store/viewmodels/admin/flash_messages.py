"""Flash messages about admin actions."""

FLASH_MESSAGES = {
    "account-disabled": "Account disabled. Its owner can't sign in.",
    "account-enabled": "Account enabled. Its owner can sign in again.",
    "address-blocked": "Network blocked.",
    "block-lifted": "Block removed.",
    "devices-signed-out": "Account signed out of all devices.",
    "problem-done": "Marked as done.",
    "prices-saved": "Prices saved. Visitors see them at once.",
    "receipt-sent-again": "We're sending the buyer the receipt again.",
    "refund-requested": "Refund requested. Reload this page to see what your payment provider says.",
    "reset-started": "We're sending the owner a password reset link.",
    "role-granted": "This account is now an admin.",
    "role-taken": "This account is no longer an admin.",
    "test-mail-sent": "We're sending you a test email. Reload this page to see whether it was sent.",
}
