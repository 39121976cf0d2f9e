"""The settings of a store for tests."""

from pathlib import Path


def settings_in(folder: Path) -> dict[str, str]:
    """The settings of a store that keeps everything in a folder; its mail stays in the outbox until a test sends it."""
    return {
        "store.environment": "development",
        "store.site_url": "http://localhost",
        "store.name": "Test Records",
        "store.words": "Records for tests.",
        "sqlalchemy.url": f"sqlite:///{folder}/store.sqlite",
        "media.folder": f"{folder}/media",
        "mail.delivery": "mailbox",
        "mail.mailbox_folder": f"{folder}/mailbox",
        "mail.worker": "process",
        # Tests of races need several hashes at work at once.
        "password.hashes_at_once": "20",
        "mail.sender": "store@example.org",
    }
