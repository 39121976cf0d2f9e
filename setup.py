"""Packaging of the Album Store."""

from pathlib import Path

from setuptools import find_packages, setup

REQUIRES = [
    "alembic>=1.14,<2",
    "argon2-cffi>=23.1,<26",  # passlib 1.7.4 is tested with 25.1
    "Babel>=2.14",
    "cachetools>=5.3",
    "email-validator>=2.2,<3",
    "limits>=5,<6",
    "mutagen>=1.47,<2",
    "passlib>=1.7.4,<2",
    "Pillow>=11",
    "pyramid>=2.1,<3",
    "pyramid_chameleon>=0.3,<0.4",
    "pyramid_mailer>=0.15.1,<0.16",
    "pyramid_retry>=2.1,<3",
    "pyramid_tm>=2.6,<3",
    "python-slugify>=8,<9",
    "setuptools<80.9",  # Pyramid 2.1 and pyramid_chameleon 0.3 import pkg_resources: deprecated in 80.9, removed in 82
    "SQLAlchemy>=2.1,<2.2",
    "tqdm>=4.66",
    "transaction>=5,<6",
    "tzdata>=2024.1",  # for systems without a time zone database, such as small containers
    "waitress>=3.0.2,<4",
    "WTForms>=3.2,<4",
    "zope.sqlalchemy>=4.1,<5",
]

# Only for stores with several processes, which share their rate limit counters.
REDIS = ["redis>=5"]

# The drivers of the servers that a store can keep its database on.
POSTGRESQL = ["psycopg[binary]>=3.2,<4"]
MYSQL = ["PyMySQL[rsa]>=1.1,<2"]  # rsa: MySQL 8 takes passwords only encrypted

# The frameworks with which the store is compared.
BENCHMARK = ["Django>=5.2,<6", "Flask-SQLAlchemy>=3.1,<4"]

# Stripe, for stores that sell with it.
STRIPE = ["stripe>=16,<17"]

TESTING = [
    *REDIS,
    *POSTGRESQL,
    *MYSQL,
    *STRIPE,
    "axe-playwright-python>=0.1.4",
    "bandit>=1.9",
    "build>=1.2",
    "html5lib>=1.1",
    "import-linter>=2.1",
    "playwright>=1.48",
    "pytest>=8",
    "pytest-cov>=5",
    "pytest-xdist>=3.6",
    "ruff>=0.8",
    "time-machine>=2.15",
    "WebTest>=3.0.7",
]

setup(
    name="album-store",
    version="0.2.0.dev0",
    description="The store that a band or a small label runs itself",
    long_description=Path(__file__).with_name("README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="MIT",
    classifiers=[
        "Development Status :: 3 - Alpha",
        "Framework :: Pyramid",
        "Intended Audience :: End Users/Desktop",
        "Programming Language :: Python :: 3",
        "Topic :: Internet :: WWW/HTTP :: WSGI :: Application",
        "Topic :: Multimedia :: Sound/Audio",
    ],
    python_requires=">=3.11",
    packages=find_packages(include=["album_store", "album_store.*"]),
    include_package_data=True,
    install_requires=REQUIRES,
    extras_require={
        "benchmark": BENCHMARK,
        "mysql": MYSQL,
        "postgresql": POSTGRESQL,
        "redis": REDIS,
        "stripe": STRIPE,
        "testing": TESTING,
    },
    entry_points={
        "paste.app_factory": ["main = album_store:main"],
        "paste.server_runner": ["main = album_store.infrastructure.web.server:serve"],
        "console_scripts": ["album-store = album_store.bin.main:main"],
    },
)
