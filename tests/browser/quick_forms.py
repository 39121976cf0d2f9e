"""Forms and emails of the store read from the HTML of pages, for steps that lead to what a test looks at.

Showing a page takes the browser several times the processor time that the store takes to make it.
"""

from urllib.parse import urljoin

from bs4 import BeautifulSoup
from playwright.sync_api import APIRequestContext, APIResponse


def send_form(request: APIRequestContext, page: APIResponse, **values: str) -> APIResponse:
    """Send the form in the main part of a page, with the cookies of the browser. Does not follow the redirect."""
    form = BeautifulSoup(page.text(), "html.parser").main.form
    fields = {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}
    return request.post(urljoin(page.url, form.get("action", "")), form=fields | values, max_redirects=0)


def mail_links(mailbox: bytes, recipient: str) -> list[str]:
    """Return the paths of the emails to a recipient in the mailbox of the store, the newest first."""
    mails = BeautifulSoup(mailbox, "html.parser").select(".mail-list li")
    return [mail.a["href"] for mail in mails if mail.find("bdi", string=recipient)]
