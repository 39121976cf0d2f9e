"""Behaviour that all forms share."""

import importlib
import json
import pkgutil
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from webob.multidict import MultiDict
from wtforms import HiddenField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

import album_store.viewmodels
from album_store.infrastructure.security.password_hasher import MAX_BYTES
from album_store.infrastructure.wording import Wording
from album_store.services.store.cart_contents import CartContents
from album_store.viewmodels.account.profile_viewmodel import ProfileViewModel
from album_store.viewmodels.shared.form_viewmodel import FormViewModel
from album_store.viewmodels.shared.reauthentication_viewmodel import ReauthenticationViewModel
from tests.support.clock import NOON
from tests.support.factories import make_album
from tests.support.posted import posted

for module in pkgutil.walk_packages(album_store.viewmodels.__path__, "album_store.viewmodels."):
    importlib.import_module(module.name)


def forms_of_the_store(base=FormViewModel):
    """Return every form class of the store that has its own fields."""
    found = [cls for cls in base.__subclasses__() if cls.__module__.startswith("album_store.")]
    return [
        form
        for cls in found
        for form in ([cls] if cls is not ReauthenticationViewModel else []) + forms_of_the_store(cls)
    ]


FORMS = forms_of_the_store()


class Letter(FormViewModel):
    """A small form."""

    subject = StringField(
        filters=[str.strip], validators=[InputRequired("Say what about."), Length(max=5, message="Be brief.")]
    )
    secret = PasswordField(validators=[InputRequired("Say the word.")])
    place = HiddenField()


def a_file(name="file.txt"):
    """Return an upload as WebOb represents it, with the parts that forms use."""
    return SimpleNamespace(filename=name, value=b"text", file=None)


def made(form_class, *fields: tuple[str, object]):
    """Return a form of the store sent by a signed-in customer; every current password is wrong."""
    wrong = SimpleNamespace(is_password_of=lambda *_: False)
    client = SimpleNamespace(ip_address="203.0.113.1")
    attributes = {
        "client": client,
        "signed_in": SimpleNamespace(email="alice@example.org", account_id="1", display_name=""),
        "account_service": wrong,
        "registration_service": wrong,
        "store_cookies": SimpleNamespace(get=lambda _: ""),
        "wording": Wording("en", ZoneInfo("UTC")),
    }
    link = SimpleNamespace(id="1", email="alice@example.org", expires_date=NOON, is_receipt=lambda _: False)
    attributes["ownership_service"] = SimpleNamespace(orders_of_browser=lambda _: [])
    attributes["receipt_service"] = SimpleNamespace(number_of=str)
    attributes["visitor"] = None
    order = SimpleNamespace(
        id="1", email="carol@example.org", lines=[], total_cents=900, currency="EUR", paid_date=NOON
    )
    album = make_album(updated_date=NOON)
    further = {
        "ConfirmViewModel": [link],
        "ResetPasswordViewModel": [link],
        "AmountsViewModel": [{}],
        "CheckoutViewModel": [CartContents()],
        "WithdrawalViewModel": [order],
        "AlbumPriceViewModel": [album],
        "PriceFormViewModel": [album],
        "TrackPricesViewModel": [album],
        "RefundViewModel": [SimpleNamespace(order=SimpleNamespace(lines=[]), payments=[], refunds=[])],
    }
    return form_class(posted(*fields, **attributes), *further.get(form_class.__name__, []))


def names_of(form_class):
    return [field.name for field in made(form_class)]


def test_after_validation_each_invalid_field_has_one_error():
    form = Letter(posted(("subject", "far too long")))
    assert form.errors == {}
    assert form.validate() is False
    assert form.errors == {"subject": "Be brief.", "secret": "Say the word."}
    assert form.to_dict() == {"errors": form.errors, "subject": "far too long", "place": ""}


def test_a_correct_form_is_valid_and_has_no_errors():
    form = Letter(posted(("subject", " Hello "), ("secret", " please ")))
    assert form.validate() is True
    assert (form.errors, form.subject.data, form.secret.data) == ({}, "Hello", " please ")


def test_a_service_can_refuse_a_field_afterwards():
    form = Letter(posted(("subject", "Hello"), ("secret", "please")))
    form.validate()
    form.refuse("secret", "That is not the word.")
    assert form.errors == {"secret": "That is not the word."} == form.to_dict()["errors"]


def test_an_error_of_the_whole_form_comes_first_without_a_field():
    form = Letter(posted(("subject", "Hello"), ("secret", "please")))
    form.refuse("secret", "That is not the word.")
    form.refuse_form("Try again later.")
    assert list(form.errors.items()) == [("", "Try again later."), ("secret", "That is not the word.")]


def test_validating_again_clears_refused_fields():
    form = Letter(posted(("subject", "Hello"), ("secret", "please")))
    form.refuse("secret", "That is not the word.")
    form.refuse_form("Try again later.")
    assert form.validate()
    assert form.errors == {}


def test_a_file_in_a_text_field_counts_as_empty():
    form = Letter(posted(("subject", a_file()), ("secret", a_file()), ("place", a_file(""))))
    assert [field.data for field in form] == ["", "", ""]
    form.validate()
    assert form.errors == {"subject": "Say what about.", "secret": "Say the word."}


def test_a_text_is_used_instead_of_a_file_with_the_same_name():
    assert Letter(posted(("subject", a_file()), ("subject", "Hello"))).subject.data == "Hello"


def test_the_first_of_several_texts_for_a_field_is_used():
    assert Letter(posted(("subject", "Hello"), ("subject", "Evil"))).subject.data == "Hello"


def test_names_without_a_field_are_ignored():
    form = Letter(posted(("request", "x"), ("errors", "x"), ("data", "x"), ("csrf_token", "x")))
    assert form.to_dict() == {"errors": {}, "subject": "", "place": ""}


def test_initial_values_are_used_for_fields_that_were_not_sent():
    assert Letter(posted(), {"place": "/albums"}).place.data == "/albums"
    assert Letter(posted(("place", "/")), {"place": "/albums"}).place.data == "/"


def test_a_request_without_a_body_gives_an_empty_form():
    request = posted()
    request.POST = MultiDict()
    assert Letter(request).to_dict() == {"errors": {}, "subject": "", "place": ""}


def test_forms_of_all_areas_are_covered():
    assert {form.__name__ for form in FORMS} >= {"SigninViewModel", "ChangeEmailViewModel", "BlockViewModel"}


@pytest.mark.parametrize("form_class", FORMS)
def test_every_password_is_in_a_password_field(form_class):
    for field in made(form_class):
        assert isinstance(field, PasswordField) == ("password" in field.name)


@pytest.mark.parametrize("form_class", FORMS)
def test_to_dict_contains_no_password_and_only_json_values(form_class):
    form = made(form_class, *[(name, "kvartsuR zlomek") for name in names_of(form_class) if "password" in name])
    form.validate()
    shown = json.dumps(form.to_dict())  # json refuses requests and services
    assert "kvartsuR" not in shown


@pytest.mark.parametrize("form_class", FORMS)
@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", "\0\0\0", "\r\n", "\x1b[31m", "\x7f", "\ud800", "\udfff@example.org", "a\ud800@example.org",
     "\u200b", "\u202e", "\ufeff", "%s %(max)d %", "{0}", "@", "/", "//", "::/", "1e9", "x" * 70_000,
     "\U0010ffff" * 20_000, "\u0344" * 30_000, "a@" + "\u00fc" * 200, "\n" * 60_000],
    ids=lambda text: repr(text[:20]),
)  # fmt: skip
def test_no_text_breaks_a_form(form_class, text):
    form = made(form_class, *[(name, text) for name in names_of(form_class)])
    assert form.validate() is not bool(form.errors)
    assert all(isinstance(sentence, str) and sentence for sentence in form.errors.values())
    assert all(isinstance(field.data, str) for field in form)


@pytest.mark.parametrize("form_class", FORMS)
def test_an_empty_form_and_a_form_with_only_files_behave_alike(form_class):
    empty, files = made(form_class), made(form_class, *[(name, a_file()) for name in names_of(form_class)])
    assert empty.validate() is files.validate()
    assert empty.to_dict() == files.to_dict()
    assert {field.data for field in empty} <= {""}


def refuse_long(text):
    """A filter or validator that must never receive a longer text."""
    assert len(text) <= 10_000
    return text


class Careful(FormViewModel):
    """A form whose filters and validators fail on long texts."""

    line = StringField(filters=[refuse_long], validators=[lambda _form, field: refuse_long(field.data)])
    short = StringField(filters=[refuse_long], validators=[InputRequired(), Length(max=5, message="Be brief.")])
    text = TextAreaField(filters=[refuse_long], validators=[lambda _form, field: refuse_long(field.data)])
    hidden = HiddenField(filters=[refuse_long], validators=[lambda _form, field: refuse_long(field.data)])
    password = PasswordField(filters=[refuse_long], validators=[lambda _form, field: refuse_long(field.data)])

    def validate_line(self, field):
        refuse_long(field.data)


def test_a_text_that_is_too_long_is_refused_unread_and_kept():
    typed = " \u0344\0" * 20_000
    form = Careful(posted(*[(name, typed) for name in ("line", "short", "text", "hidden", "password")]))
    assert not form.validate()
    assert form.errors == {
        "line": "Use at most 1,000 characters.",
        "short": "Be brief.",
        "text": "Use at most 10,000 characters.",
    }
    assert form.line.data == form.short.data == form.text.data == typed.replace("\0", "\ufffd")
    assert form.hidden.data == ""
    assert len(form.password.data) == MAX_BYTES + 1


def test_a_text_within_the_limit_is_filtered_and_validated():
    form = Letter(posted(("subject", " " * 900 + "Hello" + " " * 95), ("secret", "x" * MAX_BYTES)))
    assert form.validate()
    assert (form.subject.data, form.secret.data) == ("Hello", "x" * MAX_BYTES)
    assert Careful(posted(("text", "x" * 10_000), ("short", "x"), ("hidden", "x" * 2_000))).validate()


def test_initial_values_are_limited_in_length():
    assert Letter(posted(), {"place": "/" + "x" * 2_000}).place.data == ""


@pytest.mark.parametrize("form_class", FORMS)
def test_every_field_of_every_form_is_limited_in_length(form_class):
    form = made(form_class, *[(name, "x" * 60_000) for name in names_of(form_class)])
    form.validate()
    for field in form:
        assert isinstance(field, StringField), "FormViewModel bounds text fields only"
        if len(field.data) == 60_000:
            assert form.errors[field.name].startswith("Use at most ")
        else:
            assert len(field.data) <= MAX_BYTES + 1


def test_a_long_text_is_kept_when_it_is_refused():
    typed = "A long life, told at length.\n" * 200
    form = made(ProfileViewModel, ("about", typed))
    assert not form.validate()
    assert form.errors == {"about": "Use at most 1,000 characters for the text about you."}
    assert form.about.data == typed.strip()


def test_only_a_password_keeps_nul():
    form = Letter(posted(("subject", "a\0b"), ("place", "/a\0b"), ("secret", "a\0b")))
    assert (form.subject.data, form.place.data, form.secret.data) == ("a\ufffdb", "", "a\0b")
