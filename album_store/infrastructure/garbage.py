"""Python's garbage collector looks through all that the application consists of, and holds up every page for 0.1 s."""

import gc

from pyramid.config import Configurator
from pyramid.events import ApplicationCreated


def includeme(config: Configurator) -> None:
    """Have it pass over what is there at the start. Only in production: tests make applications by the dozen."""
    if config.registry.store_settings.environment == "production":
        config.add_subscriber(_keep_for_good, ApplicationCreated)


def _keep_for_good(_event: ApplicationCreated) -> None:
    gc.collect()
    gc.freeze()
