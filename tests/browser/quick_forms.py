"""Forms and emails of the store read from the HTML of pages, for steps that lead to what a test looks at.

Showing a page takes the browser several times the processor time that the store takes to make it.
"""

from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from playwright.sync_api import APIRequestContext, APIResponse

# What browsers send with a form of the site. The buttons of an album page have no token.
OWN_FORM = {"Sec-Fetch-Site": "same-origin"}


def send_form(request: APIRequestContext, page: APIResponse, form: str = "main form", **values: str) -> APIResponse:
    """Press the first button of the first form that a selector finds on a page, with the cookies of the browser.

    Does not follow the redirect.
    """
    found = BeautifulSoup(page.text(), "html.parser").select_one(form)
    fields = {field["name"]: field.get("value", "") for field in found.select("input[name]:not([type=checkbox])")}
    button = found.select_one("button")
    pressed = {button["name"]: button["value"]} if button.get("name") else {}
    address = urljoin(page.url, found.get("action", ""))
    return request.post(address, form=fields | pressed | values, headers=OWN_FORM, max_redirects=0)


def next_page(request: APIRequestContext, answer: APIResponse) -> APIResponse:
    """Return the page at the end of all redirects after a form that was accepted."""
    assert answer.status == 303
    return request.get(urljoin(answer.url, answer.headers["location"]))


def link_on(page: str, link: str) -> str | None:
    """Return the path of the first link that a selector finds on a page, or None."""
    found = BeautifulSoup(page, "html.parser").select_one(link)
    return found and urlsplit(found["href"]).path


def newest_mail(mailbox: bytes, recipient: str, number: int) -> str | None:
    """Return the path of the newest email to a recipient in the mailbox of the store, if there are `number` of them."""
    mails = BeautifulSoup(mailbox, "html.parser").select(".mail-list li")
    links = [mail.a["href"] for mail in mails if mail.find("bdi", string=recipient)]
    return links[0] if len(links) >= number else None
