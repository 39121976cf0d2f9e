"""A database server that is restarted while visitors use the store."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.support.database_servers import DatabaseServer
from tests.support.site_visitor import Answer, SiteVisitor

VISITORS, ANSWERS = 4, 12


def restart_under_load(server: DatabaseServer, port: int, email: str, password: str) -> None:
    """Restart the server while visitors open pages and sign in, and check their answers.

    It is down until visitors have seen that, and the visitors go on until they can sign in again.
    """
    answers: list[Answer] = []
    ended = threading.Event()
    seen = {is_up: threading.Semaphore(0) for is_up in (True, False)}

    def visit() -> None:
        while not ended.is_set():
            visitor = SiteVisitor(port)
            for answer in (visitor.get("/albums"), visitor.get("/account/signin")):
                note(answer)
            if "__Host-csrf" in visitor.cookies:
                note(visitor.sign_in(email, password))

    def note(answer: Answer) -> None:
        answers.append(answer)
        seen[answer.status != 503].release()

    def await_answers(*, is_up: bool) -> None:
        for _ in range(ANSWERS):
            assert seen[is_up].acquire(timeout=60), [answer.status for answer in answers]

    with ThreadPoolExecutor(VISITORS) as threads:
        visits = [threads.submit(visit) for _ in range(VISITORS)]
        try:
            await_answers(is_up=True)
            server.stop()
            await_answers(is_up=False)
            server.start()
            while seen[True].acquire(blocking=False):
                pass
            await_answers(is_up=True)
        finally:
            ended.set()
    for visited in visits:
        visited.result()
    check_answers(answers)


def check_answers(answers: list[Answer]) -> None:
    """Check that visitors saw the pages of the store, or its 503 page."""
    assert {answer.status for answer in answers} == {200, 303, 503}
    for answer in answers:
        if answer.status == 503:
            assert answer.headers["Retry-After"] == "10"
            assert re.search(r"<h1>.*</h1>", answer.text), answer.text
