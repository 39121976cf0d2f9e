"""Flash messages about admin actions."""

FLASH_MESSAGES = {
    "account-disabled": "Nobody can sign in to this account any more.",
    "account-enabled": "The owner of this account can sign in again.",
    "address-blocked": "Forms from that network are refused from now on.",
    "block-lifted": "That network may send forms again.",
    "devices-signed-out": "All devices of this account have been signed out.",
    "reset-started": "A link for a new password is on its way to the owner.",
    "role-granted": "This account can run the store now.",
    "role-taken": "This account cannot run the store any more.",
    "test-mail-sent": "A test mail to you is on its way. Load this page again to see what became of it.",
}
