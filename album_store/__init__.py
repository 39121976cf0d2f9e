"""The Album Store: the store that a band or a small label runs itself."""

from typing import Any

from pyramid.config import Configurator

from album_store.infrastructure.turns import Turns


def main(_global_config: dict[str, str], **settings: Any) -> Turns:
    """Build the WSGI application from the settings of an ini file. Raises SettingsError when they are wrong."""
    with Configurator(settings=settings) as config:
        config.include("album_store.infrastructure.settings")  # read and checked first: all else builds on them
        config.include("album_store.infrastructure.database")  # tables, and a session per request
        config.include("album_store.infrastructure.client")  # who is asking
        config.include("album_store.infrastructure.rate_limits")  # how often somebody may try
        config.include("album_store.infrastructure.passwords")  # the hasher, warmed
        config.include("album_store.infrastructure.media")  # where covers and clips are kept
        config.include("album_store.infrastructure.mail")  # how mail is written and sent
        config.include("album_store.infrastructure.site_links")  # links in mails and feeds
        config.include("album_store.infrastructure.csrf")  # every POST needs its token
        config.include("album_store.infrastructure.notices")  # one line after a redirect
        config.include("album_store.infrastructure.security")  # who is signed in
        config.include("album_store.infrastructure.headers")  # what every answer promises
        config.include("album_store.infrastructure.bad_requests")  # what no view could read is a 400
        config.include("album_store.infrastructure.blocked_addresses")  # from where no forms are taken
        config.include("album_store.infrastructure.last_resort")  # an error page that fails is a fault
        config.include("album_store.infrastructure.templates")  # Chameleon, and what every page is given
        config.include("album_store.viewmodels.shared.wording")  # prices and dates in the store's language
        config.include("album_store.services")  # what the store can do
        config.include("album_store.housekeeping")  # what is done once a day
        config.include("album_store.routes")  # every URL
        config.include("album_store.controllers")  # what answers there
        config.include("album_store.first_start")  # the demo catalogue, and where to look
        config.include("album_store.infrastructure.garbage")  # what is made by now stays
    return Turns(config.make_wsgi_app())  # how many work at a time
