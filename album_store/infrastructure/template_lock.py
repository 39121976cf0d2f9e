"""Compiles one template at a time.

Templates are compiled when they are first shown. Up to Python 3.11, two threads that compile at once can fail with
`SystemError: AST constructor recursion depth mismatch` (CPython issue 106905), and the first visitors after a start
would see an error page.
"""

import threading

from chameleon.template import BaseTemplate

_one_at_a_time = threading.RLock()
_cook = BaseTemplate.cook


def _cook_alone(template: BaseTemplate, body: str) -> None:
    with _one_at_a_time:
        if not template._cooked:  # else another thread has compiled it while this one waited
            _cook(template, body)


def install() -> None:
    """Make all templates of the process compile under one lock; calling it again changes nothing."""
    BaseTemplate.cook = _cook_alone
