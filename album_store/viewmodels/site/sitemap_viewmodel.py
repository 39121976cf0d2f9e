"""The site map index and its portions."""

from urllib.parse import quote
from xml.etree import ElementTree as ET  # nosec B405 # writes only

from pyramid.request import Request

from album_store.viewmodels.site.xml_writer import child, document

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


class SitemapViewModel:
    """Site maps in the format of sitemaps.org."""

    def __init__(self, request: Request) -> None:
        self._links = request.site_links
        self._service = request.sitemap_service

    def index_to_xml(self) -> bytes:
        """The site map index, which lists the portions, in UTF-8."""
        index = ET.Element("sitemapindex", xmlns=NAMESPACE)
        for portion in range(1, self._service.portions() + 1):
            child(child(index, "sitemap"), "loc", self._links.to("site.sitemap_page", page=portion))
        return document(index)

    def portion_to_xml(self, portion: int) -> bytes:
        """The URLs of one portion, counted from 1; the first starts with the home page and the catalogue."""
        urls = ET.Element("urlset", xmlns=NAMESPACE)
        if portion == 1:
            for name in ("home.index", "albums.index"):
                child(child(urls, "url"), "loc", self._links.to(name))
        # Generating each URL from its route would take most of the time.
        album_link, artist_link = (self._links.to(name, url="") for name in ("albums.details", "artists.details"))
        for slug, changed in self._service.albums(portion):
            url = child(urls, "url")
            child(url, "loc", album_link + quote(slug))
            child(url, "lastmod", changed.isoformat())
        for slug in self._service.artists(portion):
            child(child(urls, "url"), "loc", artist_link + quote(slug))
        return document(urls)
