"""The Album Store, a self-hosted store for bands and small labels."""

from typing import Any

from album_store.infrastructure.garbage_collection import collection_paused

with collection_paused():
    from pyramid.config import Configurator

    from album_store.infrastructure.web.edge import Edge
    from album_store.infrastructure.web.gate import Gate


def main(_global_config: dict[str, str], **settings: Any) -> Edge:
    """Build the WSGI application from the settings of an ini file. Raises SystemExit if they are invalid."""
    with collection_paused(), Configurator(settings=settings) as config:
        config.include("album_store.infrastructure.settings")  # first: everything else depends on them
        config.include("album_store.startup")  # memory, demo catalogue, and the store's URL in the log
        config.include(include_services)  # services and their dependencies
        config.include("album_store.infrastructure.web.cookies")  # cookie names and attributes
        config.include("album_store.infrastructure.security.client")  # the IP address and browser of a request
        config.include("album_store.infrastructure.web.csrf")  # every POST needs a token
        config.include("album_store.infrastructure.web.flash_messages")  # one-line messages after a redirect
        config.include("album_store.infrastructure.web.session_policy")  # authentication and permissions
        config.include("album_store.infrastructure.web.headers")  # cache headers
        config.include("album_store.infrastructure.web.conditional_requests")  # ignores malformed conditions
        config.include("album_store.infrastructure.web.bad_requests")  # answers malformed requests with 400
        config.include("album_store.infrastructure.web.tidy_addresses")  # drops a slash or punctuation at the end
        config.include("album_store.infrastructure.web.retries")  # runs a request again after a deadlock
        config.include("album_store.infrastructure.web.form_limit")  # counts forms
        config.include("album_store.infrastructure.web.blocked_networks")  # refuses forms from blocked networks
        config.include("album_store.infrastructure.web.error_page_fallback")  # for errors in error pages
        config.include("album_store.infrastructure.web.templates")  # Chameleon, and the values for every template
        config.include("album_store.infrastructure.web.page_parts")  # parts of pages that depend on the visitor
        config.include("album_store.infrastructure.web.kept_pages")  # public pages, until the catalogue changes
        config.include("album_store.infrastructure.wording")  # prices and dates in the store's locale
        config.include("album_store.controllers")  # views
        config.include("album_store.infrastructure.web.request_class")  # made once, not for each request
        config.include("album_store.worker")  # email and daily tasks
    return Edge(Gate(config.make_wsgi_app()))


def include_services(config: Configurator) -> None:
    """Include the services and their dependencies: all that a command needs."""
    config.include("album_store.infrastructure.settings")  # first: everything else depends on them
    config.include("album_store.infrastructure.calendar")  # days in the store's time zone
    config.include("album_store.infrastructure.web.request_session")  # tables, and a database session per request
    config.include("album_store.infrastructure.security.rate_limits")  # attempts per client
    config.include("album_store.infrastructure.security.password_hasher")  # argon2id
    config.include("album_store.infrastructure.media.media_storage")  # covers and clips
    config.include("album_store.infrastructure.payments")  # the payment gateway
    config.include("album_store.infrastructure.mail")  # email templates
    config.include("album_store.infrastructure.site_links")  # absolute links in emails and feeds
    config.include("album_store.infrastructure.web.machine_routes")  # marks routes that are not for forms
    config.include("album_store.infrastructure.web.gate")  # marks routes that hash passwords
    config.include("album_store.routes")  # every URL
    config.include("album_store.services")  # shared by all areas
    config.include("album_store.services.account")  # from registration to deletion
    config.include("album_store.services.catalogue")  # albums, search, sitemap
    config.include("album_store.services.imports")  # album imports
    config.include("album_store.services.store")  # orders, payments, ownership
    config.include("album_store.services.delivery")  # downloads
    config.include("album_store.services.admin")  # admin actions and lists
