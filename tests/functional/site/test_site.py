"""Rules for the whole site, checked on every route."""

from pathlib import Path

import pytest
from chameleon import PageTemplateLoader

import album_store
from album_store.infrastructure.web.headers import HEADERS
from tests.support.statement_log import statements_of
from tests.support.whole_site import GETS_THAT_WRITE, WholeSite

PACKAGE = Path(album_store.__file__).parent
TEMPLATES = sorted([*PACKAGE.rglob("*.pt"), *PACKAGE.glob("email/templates/*/*.txt"), *PACKAGE.glob("email/**/*.html")])


@pytest.fixture
def site(store, tmp_path):
    return WholeSite(store, tmp_path)


def every_address(site):
    return [(name, address) for name, pattern in site.routes().items() for address in site.addresses(name, pattern)]


def answer_to(browser, method, address):
    """The answer with any status; a POST carries only the CSRF token."""
    if method == "POST":
        return browser.post(address, {"csrf_token": browser.cookies["csrf"]}, expect_errors=True)
    return browser.request(address, method=method, expect_errors=True)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_route_answers_without_a_fault_and_with_every_security_header(site, method):
    for browser in (site.visitor, site.alice, site.ada):
        for name, address in every_address(site):
            if (name, method) == ("account.signout", "POST"):
                continue  # signing out would end the session of the other requests; it has tests of its own
            answer = answer_to(browser, method, address)
            assert answer.status_int < 500, (name, address)
            assert set(HEADERS) <= set(answer.headers), (name, address)
            if answer.content_type == "text/html":
                assert "Cookie" in answer.headers["Vary"], (name, address)
            if method == "HEAD":
                assert answer.body == b"", (name, address)


def test_a_visitor_who_only_browses_writes_no_row(site):
    before = site.store.dump()
    with statements_of(site.store.db_sessions.engine) as statements:
        for name, address in every_address(site):
            for method in ("GET", "HEAD") if name not in GETS_THAT_WRITE else ():
                answer_to(site.visitor, method, address)
                site.store.browser(HTTP_COOKIE=f"session={'a' * 43}; csrf=x").get(address, expect_errors=True)
    assert {statement.split()[0] for statement, _ in statements} == {"SELECT"}
    assert site.store.dump() == before


def test_every_route_answers_for_existing_data(site):
    only_after_something_else = {"account.signout", "account.reset_password"}
    of_alices_orders = set(site.values) & {
        "checkout.cancel", "checkout.pay", "checkout.return", "purchases.details", "purchases.receipt",
            "purchases.credit_note", "purchases.withdraw",
    }  # fmt: skip
    for name, pattern in site.routes().items():
        browsers = (site.alice,) if name in of_alices_orders else (site.visitor, site.alice)
        for browser in (site.ada,) if name.startswith("admin.") else browsers:
            if name not in only_after_something_else:
                answer = browser.get(site.addresses(name, pattern)[0], expect_errors=True)
                assert answer.status_int in {200, 303}, name


def test_every_view_names_its_request_methods(store):
    named = {name: methods for name, methods in methods_by_route(store).items() if None not in methods}
    assert set(named) == set(methods_by_route(store))
    assert {method for methods in named.values() for method in methods} == {"GET", "HEAD", "POST"}


def test_every_route_has_a_view(store):
    routes = store.registry.introspector.get_category("routes")
    assert {entry["introspectable"]["name"] for entry in routes} == set(methods_by_route(store))


def methods_by_route(store):
    """The request methods of each route, from its views or, for static files, the route; None if neither names any."""
    introspector, found = store.registry.introspector, {}
    for entry in introspector.get_category("views"):
        view = entry["introspectable"]
        if name := view["route_name"]:
            methods = view["request_methods"] or introspector.get("routes", name)["request_methods"] or [None]
            found.setdefault(name, set()).update([methods] if isinstance(methods, str) else methods)
    return found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_template_compiles(template):
    kind = "text" if template.suffix == ".txt" else "xml"
    compiled = PageTemplateLoader(str(template.parent)).load(template.name, kind)
    assert compiled.cook_check()  # raises with the place of a mistake; true once it has been compiled


def test_every_link_and_file_on_the_pages_exists(site):
    seen = set()
    for browser, path in site.pages().values():
        for link in links_of(browser.get(path, expect_errors=True).html):
            if link not in seen and link.startswith("/") and not link.startswith("//"):
                assert browser.get(link, expect_errors=True).status_int in {200, 303}, (path, link)
            seen.add(link)
    assert len(seen) > 60
    outside = {link for link in seen if "://" in link and not link.startswith("http://localhost")}
    assert outside == {"https://creativecommons.org/licenses/by/4.0/"}


def links_of(page):
    links = {element[name] for name in ("href", "src", "action") for element in page.select(f"[{name}]")}
    links |= {part.split()[0] for element in page.select("[srcset]") for part in element["srcset"].split(",")}
    return {link for link in links if link not in {"/account/signout"} and not link.startswith(("#", "mailto:"))}
