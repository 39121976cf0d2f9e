"""What tests of all kinds share."""

import os
from pathlib import Path
from typing import Any

import pytest

from album_store.data.dbsession import DbSessionFactory

# Compiled templates are kept between the applications of one run; otherwise each would compile all of them again.
os.environ.setdefault("CHAMELEON_CACHE", str(Path(__file__).parent.parent / ".pytest_cache" / "templates"))
Path(os.environ["CHAMELEON_CACHE"]).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    """The settings of a store in a folder of its own; its mail stays in the outbox until somebody delivers it."""
    return {
        "store.environment": "development",
        "store.site_url": "http://localhost",
        "store.name": "Test Records",
        "store.words": "Records for tests.",
        "sqlalchemy.url": f"sqlite:///{tmp_path}/store.sqlite",
        "media.folder": str(tmp_path / "media"),
        "mail.delivery": "mailbox",
        "mail.mailbox": "true",
        "mail.mailbox_folder": str(tmp_path / "mailbox"),
        "mail.worker": "process",
        # Those that race each other must be in work at once.
        "password.hashes_at_once": "20",
        "mail.sender": "store@example.org",
    }


@pytest.fixture
def db_sessions(settings: dict[str, Any]) -> Any:
    """A database with tables and nothing else but the reference rows."""
    factory = DbSessionFactory(settings["sqlalchemy.url"])
    factory.create_tables()
    yield factory
    factory.dispose()
