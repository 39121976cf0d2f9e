"""Only one template is compiled at a time."""

import threading
from types import SimpleNamespace

from chameleon import PageTemplate

from album_store.infrastructure import template_lock
from tests.support.store_driver import together


def test_templates_rendered_at_the_same_time_are_all_compiled():
    template_lock.install()
    source = "<p tal:repeat='x items'>" + "${x + 1} <b tal:condition='x == 1'>${x}</b>" * 50 + "</p>"
    templates = [PageTemplate(f"<div>{number}{source}</div>") for number in range(8)]
    pages = together(*[lambda template=template: template(items=[1, 2]) for template in templates])
    assert all(page.startswith(f"<div>{number}<p>") for number, page in enumerate(pages))


def test_only_one_thread_compiles_at_a_time(monkeypatch):
    inside, most = 0, 0
    lock = threading.Lock()

    def cook(_template: object, _body: str) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.01)
        with lock:
            inside -= 1

    monkeypatch.setattr(template_lock, "_cook", cook)
    together(*[lambda: template_lock._cook_alone(SimpleNamespace(_cooked=False), "") for _ in range(4)])
    assert most == 1


def test_a_template_rendered_by_many_threads_is_compiled_once(monkeypatch):
    compiled = []

    def cook(template: SimpleNamespace, _body: str) -> None:
        threading.Event().wait(0.01)
        compiled.append(template)
        template._cooked = True

    monkeypatch.setattr(template_lock, "_cook", cook)
    template = SimpleNamespace(_cooked=False)
    together(*[lambda: template_lock._cook_alone(template, "")] * 8)
    assert compiled == [template]
