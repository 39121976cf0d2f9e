"""Routes to which other machines post bodies that are not forms, such as the events of a payment provider."""

from pyramid.config import Configurator


def add_machine_route(config: Configurator, name: str, path: str) -> None:
    """Add a route whose bodies are neither parsed nor counted as forms. Its view checks them itself."""
    config.registry.machine_paths.add(path)
    config.add_route(name, path)


def includeme(config: Configurator) -> None:
    """Add `config.add_machine_route`."""
    config.registry.machine_paths = set()
    config.add_directive("add_machine_route", add_machine_route)
