"""The names of the store's cookies; over https each gets the prefix `__Host-`."""

CSRF = "csrf"
DEVICE = "browser"
FLASH = "flash"
REGISTRATION = "registration"
RESET = "reset"
SESSION = "session"
