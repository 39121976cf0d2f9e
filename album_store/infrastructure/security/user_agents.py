"""What a person calls a browser."""

# In this order: each of these also carries the names of those below it.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """A few words for a User-Agent header, such as `Firefox on Android`.

    Anybody can write anything into the header, also words meant for whoever reads our mail; so nothing is quoted.
    """
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "an unknown browser")
    system = next((f" on {name}" for mark, name in _SYSTEMS if mark in user_agent), "")
    return browser + system
