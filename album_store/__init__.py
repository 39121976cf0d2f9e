"""The Album Store: the store that a band or a small label runs itself."""

from typing import Any

from pyramid.config import Configurator

from album_store.infrastructure.web.gate import Gate


def main(_global_config: dict[str, str], **settings: Any) -> Gate:
    """Build the WSGI application from the settings of an ini file. Raises SystemExit when they are wrong."""
    with Configurator(settings=settings) as config:
        config.include(include_services)  # what the store can do
        config.include("album_store.infrastructure.web.cookies")  # how cookies are named, set and read
        config.include("album_store.infrastructure.web.csrf")  # every POST needs its token
        config.include("album_store.infrastructure.web.flash_messages")  # one line after a redirect
        config.include("album_store.infrastructure.web.view_options")  # which views write, and which are public
        config.include("album_store.infrastructure.web.session_policy")  # who is signed in
        config.include("album_store.infrastructure.web.headers")  # what every answer promises
        config.include("album_store.infrastructure.web.bad_requests")  # what no view could read is a 400
        config.include("album_store.infrastructure.web.blocked_networks")  # from where no forms are taken
        config.include("album_store.infrastructure.web.error_page_fallback")  # an error page that fails is a fault
        config.include("album_store.infrastructure.web.templates")  # Chameleon, and what every page is given
        config.include("album_store.infrastructure.wording")  # prices and dates in the store's language
        config.include("album_store.controllers")  # what answers at the URLs
        config.include("album_store.startup")  # the demo catalogue, and where to look
        config.include("album_store.worker")  # mail and daily tasks
    return Gate(config.make_wsgi_app())


def include_services(config: Configurator) -> None:
    """Include the services and what they stand on: all that a command needs."""
    config.include("album_store.infrastructure.settings")  # read and checked first: all else builds on them
    config.include("album_store.infrastructure.web.request_session")  # tables, and a session per request
    config.include("album_store.infrastructure.security.client")  # where a request comes from
    config.include("album_store.infrastructure.security.rate_limits")  # how often a client may try
    config.include("album_store.infrastructure.security.password_hasher")  # argon2id
    config.include("album_store.infrastructure.media.media_storage")  # where covers and clips are kept
    config.include("album_store.infrastructure.mail")  # how mail is composed
    config.include("album_store.infrastructure.site_links")  # links in mails and feeds
    config.include("album_store.routes")  # every URL
    config.include("album_store.services")  # what all areas share
    config.include("album_store.services.account")  # from registration to leaving
    config.include("album_store.services.catalogue")  # what is for sale
    config.include("album_store.services.imports")  # albums from outside
    config.include("album_store.services.admin")  # what admins do and see
