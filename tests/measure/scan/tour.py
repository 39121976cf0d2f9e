"""The scans, and their options."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from album_store.data.types import new_id
from album_store.infrastructure.security.secret_codes import new_secret
from tests.measure.scan.row import Row
from tests.measure.scan.scan_proxy import scan_proxy
from tests.measure.scan.scan_store import ScanStore
from tests.measure.scan.scan_tools import Finding, Report, ScanFailedError, ScanTools
from tests.support.factories import PASSWORD

NEEDS_DATABASE = "needs a database of products, which it would have to download"
NEEDS_ENDPOINT = "needs a server on the internet that the store could be made to call"
NEEDS_HTTPS = "checks https, which the proxy in front of a store provides"
# The wapiti modules that are not used, and why.
LEFT_OUT = {
    "buster": "tries 31,546 names in each folder, which takes longer than everything else",
    "cms": NEEDS_DATABASE,
    "htp": NEEDS_DATABASE,
    "https_redirect": NEEDS_HTTPS,
    "ldap": "the store uses no LDAP directory, and any change on a page is reported as a leak",
    "log4shell": NEEDS_ENDPOINT,
    "network_device": NEEDS_DATABASE,
    "nikto": NEEDS_DATABASE,
    "ssl": NEEDS_HTTPS,
    "ssrf": NEEDS_ENDPOINT,
    "takeover": "queries the name servers of a domain",
    "wapp": NEEDS_DATABASE,
    "wp_enum": NEEDS_DATABASE,
}
WAPITI = ("--tasks", "2", "--max-scan-time", "240", "--max-attack-time", "30")
SQLMAP = ("--dbms=SQLite", "--risk=3", "--drop-set-cookie", "--ignore-redirects", "--ignore-code=404", "--skip-waf")
CRAWL = ("--level=2", "--crawl=2", "--forms", "--skip=cookie")
# Single addresses, scanned more thoroughly. An asterisk marks a parameter in the path.
DEEP = ("--level=3", "--skip=user-agent,referer,host,cookie")
DEEP_PATHS = (
    "/search?q=rain&after=1~rain",
    "/albums?genre=jazz&sort=title&after=1~rain&before=9~rain",
    "/albums/rain-on-zinc*",
    "/artists/copperline-dub-foundation*",
    "/account/confirm/1*",
)
COOKIES = ("--level=3", "-p", "browser,csrf,flash,reset,session")
HEADERS = ("--level=3", "-p", "user-agent,referer,host")
FORM = ("--level=2", "--skip=cookie")
# sqlmap skips a field with this name unless it is named explicitly.
SESSION_FORM = ("--level=3", "-p", "session_id")


class Tour:
    """The scans of one store, one after another."""

    def __init__(self, tools: ScanTools, store: ScanStore, who: str) -> None:
        self._tools, self._store, self._who = tools, store, who
        self._modules = ("-m", ",".join(sorted(tools.wapiti_modules() - set(LEFT_OUT))))
        self._token = new_secret()
        self._cookies = {"csrf": self._token, "reset": store.reset_code}

    def of_visitor(self) -> list[Row]:
        """Scan all public pages."""
        reset_link = f"/account/reset_password/{self._store.reset_code}"
        return [self._wapiti("/", "-s", reset_link), self._sqlmap("every form", "/", *CRAWL)]

    def of_insistent_visitor(self) -> list[Row]:
        """Scan single pages with valid values, cookies and headers, to reach more code."""
        signin = {"next": "/account", "email": self._store.email, "password": PASSWORD}
        link_id = self._store.reset_code.partition(".")[0]
        passwords = {"link": link_id, "password": PASSWORD, "confirm_password": PASSWORD}
        cookies = dict.fromkeys(("browser", "flash", "session"), new_secret())
        return [
            *(self._sqlmap(path, path, *DEEP) for path in DEEP_PATHS),
            self._sqlmap("sign-in", "/account/signin", *FORM, form=signin),
            self._sqlmap("forgotten password", "/account/forgot_password", *FORM, form={"email": self._store.email}),
            self._sqlmap("new password", "/account/reset_password", *FORM, form=passwords),
            self._sqlmap("cookies", "/account/reset_password", *COOKIES, cookies=cookies),
            self._sqlmap("headers", "/account/signin", *HEADERS, form=signin),
        ]

    def of_customer(self) -> list[Row]:
        """Scan the account pages."""
        return [*self._of_member("/account", "/account/signout"), self._signed_in(self._session_form)]

    def of_admin(self) -> list[Row]:
        """Scan the admin pages."""
        return self._of_member("/admin", f"/admin/accounts/{self._store.account_id}")

    def _of_member(self, area: str, but_not: str) -> list[Row]:
        """Scan an area while signed in, except the form that would sign the scanner out."""
        signin = ("--form-user", self._store.email, "--form-password", PASSWORD, "--form-url", "/account/signin")
        crawl = ("--scope", area, "--crawl-exclude", but_not)
        return [
            self._signed_in(lambda: self._wapiti(f"{area}/", "-s", area, "-x", f"{but_not}*", *signin)),
            self._signed_in(lambda: self._sqlmap("every form", area, *CRAWL, *crawl, cookies=self._new_session())),
        ]

    def _session_form(self) -> Row:
        cookies, form = self._new_session(), {"session_id": new_id()}
        return self._sqlmap("session", "/account/sessions", *SESSION_FORM, form=form, cookies=cookies)

    def _signed_in(self, scan: Callable[[], Row]) -> Row:
        self._store.end_sessions()
        row = scan()
        return replace(row, stayed_signed_in=self._store.is_signed_in())

    def _new_session(self) -> dict[str, str]:
        return {"session": self._store.begin_session()}

    def _wapiti(self, path: str, *options: str) -> Row:
        def scan(url: str) -> Report:
            absolute = [url + option if option.startswith("/") else option for option in options]
            return self._tools.wapiti(url + path, *WAPITI, *self._modules, *absolute)

        return self._row("wapiti", scan)

    def _sqlmap(
        self,
        what: str,
        path: str,
        *options: str,
        form: dict[str, str] | None = None,
        cookies: dict[str, str] | None = None,
    ) -> Row:
        sent = "; ".join(f"{name}={value}" for name, value in (self._cookies | (cookies or {})).items())
        data = ("--data", urlencode({"csrf_token": self._token} | form)) if form else ()

        def scan(url: str) -> Report:
            return self._tools.sqlmap(url + path, *SQLMAP, "--cookie", sent, *data, *options)

        return self._row(f"sqlmap {what}", scan)

    def _row(self, what: str, scan: Callable[[str], Report]) -> Row:
        with scan_proxy(self._store.port) as proxy:
            began = time.monotonic()
            try:
                report = scan(proxy.url)
            except ScanFailedError as error:
                report = Report(0, [Finding("Scan", str(error), what)])
            row = Row(f"{self._who}: {what}"[:48], time.monotonic() - began, report, proxy)
        sys.stdout.write(f"{row}\n")
        return row
