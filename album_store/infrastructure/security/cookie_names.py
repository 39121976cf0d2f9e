"""The names of the store's cookies. Over https each has the prefix `__Host-`."""

BUYER = "buyer"
CSRF = "csrf"
DEVICE = "browser"
FLASH = "flash"
REGISTRATION = "registration"
RESET = "reset"
SESSION = "session"
