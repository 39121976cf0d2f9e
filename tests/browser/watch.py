"""Watches a page for errors during a test."""

from playwright.sync_api import ConsoleMessage, Error, Page, Request, Response


class Watch:
    """Records errors in the console and in scripts, and failed requests."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        self.allowed_statuses: set[int] = set()
        self.allowed_paths: set[str] = set()
        self._page = page
        self._listeners = {
            "console": self._on_console,
            "pageerror": self._on_error,
            "requestfailed": self._on_failed,
            "response": self._on_response,
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def stop(self) -> None:
        """Leave the page to the next watch."""
        for event, listener in self._listeners.items():
            self._page.remove_listener(event, listener)

    def allow(self, *statuses: int) -> None:
        """Allow page loads (not their resources) to answer with these statuses."""
        self.allowed_statuses.update(statuses)

    def _on_console(self, message: ConsoleMessage) -> None:
        # A failed resource is recorded with its URL when its response arrives.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {message.text}")

    def _on_error(self, error: Error) -> None:
        self.complaints.append(f"script: {error}")

    def _on_failed(self, request: Request) -> None:
        # The browser aborts requests itself when it leaves a page or the player changes clips.
        if request.failure != "net::ERR_ABORTED" and not self._is_allowed(request):
            self.complaints.append(f"request: {request.failure} {request.url}")

    def _on_response(self, response: Response) -> None:
        wanted = response.request.is_navigation_request() and response.status in self.allowed_statuses
        if response.status >= 400 and not wanted and not self._is_allowed(response.request):
            self.complaints.append(f"response: {response.status} {response.url}")

    def _is_allowed(self, request: Request) -> bool:
        return any(path in request.url for path in self.allowed_paths)
