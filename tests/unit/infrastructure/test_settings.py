"""Reading and checking the settings."""

import dataclasses

import pytest

from album_store.infrastructure.settings import REMOVED_SETTINGS, Settings, SettingsError, read_settings

INI = {
    "store.environment": "production",
    "store.site_url": "https://music.example.org",
    "sqlalchemy.url": "sqlite:///store.sqlite",
    "media.folder": "media",
    "mail.sender": "store@example.org",
}
DEVELOPMENT = {"store.environment": "development", "store.site_url": "http://localhost:6543"}


def mistakes(ini, environ=None):
    """Return the reported errors; there must be at least one."""
    with pytest.raises(SettingsError) as caught:
        read_settings(ini, environ or {})
    return [line.removeprefix("  - ") for line in str(caught.value).splitlines() if line.startswith("  - ")]


def test_five_settings_are_enough():
    settings = read_settings(INI, {})
    assert (settings.reset_minutes, settings.session_idle_days, settings.session_days) == (60, 14, 30)
    assert (settings.session_admin_hours, settings.hash_memory_kib, settings.hash_passes) == (12, 19_456, 2)
    assert settings.secure
    assert settings.reset_lifetime.total_seconds() == 3_600


def test_settings_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_settings(INI, {}).reset_minutes = 5


def test_all_errors_are_reported_at_once():
    wrong = {
        "store.environment": "test",
        "store.accent": "red",
        "store.currency": "BTC",
        "store.locale": "xx",
        "store.timezone": "Berlin",
        "reset.minutes": "1441",
        "mail.port": "smtp",
        "mail.sender": "nobody",
        "password.memory_kib": "19455",
        "store.demo_catalogue": "maybe",
    }
    found = mistakes(INI | wrong)
    assert {line.partition(" ")[0] for line in found} == set(wrong)
    assert len(found) == len(wrong)


@pytest.mark.parametrize("key", ["store.site_url", "sqlalchemy.url", "media.folder", "mail.sender"])
def test_a_required_setting_that_is_missing_or_empty_is_named(key):
    [line] = mistakes({name: value for name, value in INI.items() if name != key})
    assert line.startswith(f"{key} is missing. Add it to the ini file. It must be ")
    assert any(line.startswith(key) for line in mistakes(INI | {key: " "}))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"mail.delivery": "mailbox"}, "mail.delivery = mailbox shows every email to every visitor"),
        ({"store.site_url": "http://music.example.org"}, "must begin with https://"),
        ({"store.site_url": "https://store.example"}, "is still the placeholder"),
        ({"mail.sender": "hello@store.example"}, "mail.sender is still the placeholder"),
        ({"store.site_url": "https://store.example/"}, "store.site_url is still the placeholder"),
    ],
)
def test_production_refuses_settings_meant_for_development(changes, complaint):
    assert any(complaint in line for line in mistakes(INI | changes))


def test_production_is_the_default():
    unsaid = {name: value for name, value in INI.items() if name != "store.environment"}
    assert read_settings(unsaid, {}).environment == "production"
    assert mistakes(unsaid | {"store.site_url": "http://localhost"})


def test_development_allows_what_production_refuses():
    settings = read_settings(INI | DEVELOPMENT | {"mail.delivery": "mailbox"}, {})
    assert settings.shows_mailbox
    assert not settings.secure


def test_a_removed_setting_is_reported_with_its_replacement():
    instead = "Remove it: mail.delivery = mailbox now stores email in files and shows it at /mail."
    for value in ("true", "false"):
        assert mistakes(INI | {"mail.mailbox": value}) == [f"mail.mailbox is no longer a setting. {instead}"]
        assert mistakes(INI, {"ALBUM_STORE_MAIL_MAILBOX": value}) == [
            f"ALBUM_STORE_MAIL_MAILBOX is no longer a setting. {instead}"
        ]


def test_removed_settings_are_no_longer_settings():
    assert not set(REMOVED_SETTINGS) & {field.metadata["key"] for field in dataclasses.fields(Settings)}


def test_the_environment_wins_over_the_file():
    environ = {"ALBUM_STORE_RESET_MINUTES": "5", "ALBUM_STORE_MAIL_PASSWORD": "from outside", "RESET_MINUTES": "7"}
    settings = read_settings(INI | {"reset.minutes": "30", "mail.password": "from the file"}, environ)
    assert (settings.reset_minutes, settings.mail_password) == (5, "from outside")


def test_an_error_in_the_environment_is_reported():
    assert mistakes(INI, {"ALBUM_STORE_RESET_MINUTES": "0"})[0].startswith("reset.minutes = 0")


def test_a_password_never_appears_in_an_error_or_in_the_repr():
    settings = read_settings(INI | {"mail.password": "hunter2 hunter2"}, {})
    assert settings.mail_password == "hunter2 hunter2"
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in "".join(mistakes(INI | {"mail.password": "hunter2", "mail.port": "x"}))


def test_a_misspelt_setting_is_reported():
    assert mistakes(INI | {"reset.minuts": "5"}) == ["reset.minuts is not a setting. Did you mean reset.minutes?"]
    assert mistakes(INI | {"mail.xyzzy": "5"}) == ["mail.xyzzy is not a setting. Remove it."]
    read_settings(INI | {"pyramid.reload_templates": "true", "here": "/srv", "mail": "not ours"}, {})


def test_a_contradiction_and_an_invalid_value_are_reported_together():
    found = mistakes(INI | {"reset.minutes": "0", "store.site_url": "http://music.example.org"})
    assert len(found) == 2
