"""Compiles one template at a time.

Templates are compiled on first use. Up to Python 3.11, two threads that compile at the same time can fail with
`SystemError: AST constructor recursion depth mismatch` (CPython issue 106905), and the first visitors after a restart
would see an error page.
"""

import threading

from chameleon.template import BaseTemplate

_one_at_a_time = threading.RLock()
_cook = BaseTemplate.cook


def _cook_alone(template: BaseTemplate, body: str) -> None:
    with _one_at_a_time:
        if not template._cooked:  # otherwise another thread compiled it while this one waited
            _cook(template, body)


def install() -> None:
    """Make all templates of the process compile under one lock. Further calls change nothing."""
    BaseTemplate.cook = _cook_alone
