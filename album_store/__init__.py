"""The Album Store: the store that a band or a small label runs itself."""

from typing import Any

from pyramid.config import Configurator

from album_store.infrastructure.web.gate import Gate


def main(_global_config: dict[str, str], **settings: Any) -> Gate:
    """Build the WSGI application from the settings of an ini file. Raises SettingsError when they are wrong."""
    with Configurator(settings=settings) as config:
        config.include("album_store.infrastructure.settings")  # read and checked first: all else builds on them
        config.include("album_store.infrastructure.web.request_session")  # tables, and a session per request
        config.include("album_store.infrastructure.security.client")  # who is asking
        config.include("album_store.infrastructure.security.rate_limits")  # how often somebody may try
        config.include("album_store.infrastructure.security.password_hasher")  # the hasher, warmed
        config.include("album_store.infrastructure.media.media_storage")  # where covers and clips are kept
        config.include("album_store.worker")  # how mail is written and sent
        config.include("album_store.infrastructure.site_links")  # links in mails and feeds
        config.include("album_store.infrastructure.web.csrf")  # every POST needs its token
        config.include("album_store.infrastructure.web.flash_messages")  # one line after a redirect
        config.include("album_store.infrastructure.web.session_policy")  # who is signed in
        config.include("album_store.infrastructure.web.headers")  # what every answer promises
        config.include("album_store.infrastructure.web.bad_requests")  # what no view could read is a 400
        config.include("album_store.infrastructure.web.blocked_networks")  # from where no forms are taken
        config.include("album_store.infrastructure.web.error_page_fallback")  # an error page that fails is a fault
        config.include("album_store.infrastructure.web.templates")  # Chameleon, and what every page is given
        config.include("album_store.infrastructure.wording")  # prices and dates in the store's language
        config.include("album_store.services")  # what the store can do
        config.include("album_store.worker.housekeeping")  # what is done once a day
        config.include("album_store.routes")  # every URL
        config.include("album_store.controllers")  # what answers there
        config.include("album_store.startup")  # the demo catalogue, and where to look
        config.include("album_store.infrastructure.garbage")  # what is made by now stays
    return Gate(config.make_wsgi_app())  # how many work at a time
