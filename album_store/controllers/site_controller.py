"""Resources for machines: health, feed, site maps, robots.txt and the stylesheet."""

import dataclasses
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config, view_defaults
from sqlalchemy.exc import SQLAlchemyError

from album_store.controllers.base_controller import BaseController
from album_store.viewmodels.site.feed_viewmodel import FeedViewModel
from album_store.viewmodels.site.sitemap_viewmodel import SitemapViewModel

ONE_HOUR = "public, max-age=3600"
REVALIDATED = "public, no-cache"
NOT_FOR_ROBOTS = ("/account", "/admin", "/checkout", "/downloads", "/library", "/purchases", "/search")
ONE_YEAR = "public, max-age=31536000, immutable"


@view_defaults(request_method="GET", public=ONE_HOUR)
class SiteController(BaseController):
    """Health check, feed, site maps, robots.txt and the stylesheet."""

    @view_config(route_name="site.health", public=False, renderer="json")
    def health(self) -> dict[str, Any]:
        """Report whether the database responds; 503 if it does not.

        Only local clients see the number of waiting emails. While the mail server is down, it would reveal to a visitor
        whether the address that they have just requested a reset link for has an account.
        """
        try:
            backlog = self.request.mail_service.backlog()
        except SQLAlchemyError:
            self.request.response.status_int = 503
            return {"database": "unreachable"}
        mail = {"mail": dataclasses.asdict(backlog)} if self.request.client.is_local else {}
        return {"database": "reachable"} | mail

    @view_config(route_name="albums.feed", public=True, kept=())
    def feed(self) -> Response:
        """Return the Atom feed of the newest albums."""
        return self._answer("application/atom+xml", FeedViewModel(self.request).to_xml())

    @view_config(route_name="site.sitemap", public=True, kept=())
    def sitemap(self) -> Response:
        """Return the site map index."""
        return self._answer("application/xml", SitemapViewModel(self.request).index_to_xml())

    @view_config(route_name="site.sitemap_page", public=True, kept=())
    def sitemap_page(self) -> Response:
        """Return one portion of the site map. Raises HTTPNotFound."""
        portion = int(self.request.matchdict["page"][:9])
        if portion > self.request.sitemap_service.portions():
            raise HTTPNotFound
        return self._answer("application/xml", SitemapViewModel(self.request).portion_to_xml(portion))

    @view_config(route_name="site.robots")
    def robots(self) -> Response:
        """Return robots.txt."""
        rules = [f"Disallow: {path}" for path in NOT_FOR_ROBOTS]
        text = "\n".join(["User-agent: *", *rules, f"Sitemap: {self.request.site_links.to('site.sitemap')}", ""])
        return self._answer("text/plain", text.encode())

    @view_config(route_name="site.styles", public=REVALIDATED)
    def styles(self) -> Response:
        """Return the stylesheet of all pages. Its address in pages changes with it, so browsers may keep it."""
        stylesheet = self.request.registry.stylesheet
        response = self._answer("text/css", stylesheet.body)
        if self.request.GET.get("x") == stylesheet.digest:
            response.headers["Cache-Control"] = ONE_YEAR
        return response

    def _answer(self, content_type: str, body: bytes) -> Response:
        response = Response(body, content_type=content_type, charset="utf-8", conditional_response=True)
        response.md5_etag()
        return response
