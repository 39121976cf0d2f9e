"""Resets the objects of a store and its folder, so that one test after the other can use them."""

import shutil
from pathlib import Path

from pyramid.registry import Registry

from album_store.infrastructure.security.rate_limits import MEMORY, RateLimiter


class RegistryState:
    """The initial state of the objects in a registry. Tests may replace methods and attributes of any of them."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._own = {
            name: thing for name, thing in vars(registry).items() if type(thing).__module__.startswith("album_store.")
        }
        self._state = {name: dict(vars(thing)) for name, thing in self._own.items()}

    def restore(self) -> None:
        """Put the objects back into their initial state, forget all attempts, and close the connections."""
        for name, thing in self._own.items():
            vars(thing).clear()
            vars(thing).update(self._state[name])
            setattr(self._registry, name, thing)
        self._registry.media._size.cache_clear()
        self._registry.rate_limiter = RateLimiter(MEMORY, self._registry.store_settings.site_url)
        self._registry.db_sessions.dispose()


def empty(folder: Path) -> None:
    """Delete all that is in a folder."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
