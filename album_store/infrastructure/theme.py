"""The colours of the store, derived from its accent colour so that text in it and on it is legible.

Contrast and luminance are as defined by WCAG 2.2.
"""

PAPER_LIGHT = "#ffffff"
PAPER_DARK = "#131316"
# WCAG requires 4.5. Text in the accent colour also appears on surfaces slightly darker or lighter than the paper.
MIN_CONTRAST = 5.0

Colour = tuple[float, float, float]


def theme_css(accent: str) -> str:
    """Return the CSS custom properties that depend on the accent, for light and dark mode."""
    return (
        f":root {{\n  --accent: {accent};\n  --on-accent: {on_colour(accent)};\n"
        f"  --accent-ink: {legible_on(accent, PAPER_LIGHT)};\n}}\n"
        f"@media (prefers-color-scheme: dark) {{\n  :root {{ --accent-ink: {legible_on(accent, PAPER_DARK)}; }}\n}}\n"
    )


def on_colour(background: str) -> str:
    """Return black or white, whichever is more legible on the background."""
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, background))


def legible_on(colour: str, paper: str) -> str:
    """Return the colour, mixed with just enough black or white to be legible as text on this paper."""
    target = on_colour(paper)
    for step in range(101):
        mixed = _mix(colour, target, step / 100)
        if contrast(mixed, paper) >= MIN_CONTRAST:
            return mixed
    return target


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _channels(colour: str) -> Colour:
    return tuple(int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round((mine * (1 - share) + theirs * share) * 255):02x}" for mine, theirs in pairs)
