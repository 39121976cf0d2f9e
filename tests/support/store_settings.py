"""The settings of a test store."""

from pathlib import Path


def settings_in(folder: Path) -> dict[str, str]:
    """Return settings that keep everything in a folder. Emails stay in the outbox until a test sends them."""
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
        # Tests of race conditions need several hashes at once.
        "password.hashes_at_once": "20",
        "mail.sender": "store@example.org",
        "payments.gateway": "local",
        "payments.folder": f"{folder}/payments",
    }
