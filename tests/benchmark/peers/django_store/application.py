"""The application."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from tests.benchmark.peers.headers import SECURITY_HEADERS

PACKAGE = "tests.benchmark.peers.django_store"
TEMPLATES = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "DIRS": [Path(__file__).with_name("templates")],
    "OPTIONS": {
        "context_processors": ["django.template.context_processors.request"],
        "libraries": {"store": f"{PACKAGE}.tags"},
    },
}


def application(database: Path) -> Any:
    """Return the WSGI application on a database of the store."""
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database, "CONN_MAX_AGE": None}},
        INSTALLED_APPS=[PACKAGE],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            f"{PACKAGE}.application.add_headers",
        ],
        ROOT_URLCONF=f"{PACKAGE}.views",
        SECRET_KEY="only-for-the-benchmark",
        STATIC_URL="static/",
        TEMPLATES=[TEMPLATES],
        TIME_ZONE="UTC",
        USE_I18N=False,
    )
    django.setup()
    return get_wsgi_application()


def add_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Add the headers of every page."""

    def with_headers(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers[name] = value
        response.headers["Cache-Control"] = "no-cache"
        patch_vary_headers(response, ["Cookie"])
        return response

    return with_headers
