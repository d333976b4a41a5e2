"""The pre-chat form, and how a visitor becomes an authenticated contact."""

import pytest
from msgspec.structs import replace

from onethread.contacts.prechat import asked, give_form, write
from onethread.contacts.profile import Contact, admit, role, visit
from onethread.identity.decision import Admit
from onethread.identity.organization import App, PrechatField
from onethread_protocol.customer import Prechat
from onethread_protocol.errors import ProtocolError
from onethread_protocol.people import User
from onethread_protocol.server import AskedField, PrechatForm
from tests.identity.acme import ANA, APP, NOW, THREAD

FORM = Prechat(name="Ana", email="ana@acme.test")
NO_FIELDS = App(app_id=8, secret="s", prechat_fields=())
PHONE = App(app_id=9, secret="s", prechat_fields=(PrechatField("name", False), PrechatField("phone")))


def visitor(user: User | None = None) -> Contact:
    return visit(None, user or User(), THREAD, NOW)


def test_a_visitor_is_asked_the_apps_fields() -> None:
    """In the app's order, with what is required; a random name is no value."""
    assert asked(visitor(), APP) == PrechatForm(
        fields=[AskedField(name="name", required=True), AskedField(name="email", required=True)], values={}
    )
    assert asked(visitor(), PHONE) == PrechatForm(
        fields=[AskedField(name="name", required=False), AskedField(name="phone", required=True)], values={}
    )


def test_the_form_is_filled_from_init() -> None:
    """With what the profile has of the asked fields, and nothing else; it is still to be given."""
    form = asked(visitor(User(name="Ana", email="ana@acme.test", phone="1")), APP)
    assert form is not None
    assert form.values == {"name": "Ana", "email": "ana@acme.test"}


def test_nobody_is_asked_twice() -> None:
    """A given form, a user_id, or an app without fields: no form."""
    assert asked(give_form(visitor(), APP, FORM), APP) is None
    assert asked(admit(None, Admit(user_id=ANA, means="open"), User(), THREAD, NOW), APP) is None
    assert asked(visitor(), NO_FIELDS) is None


@pytest.mark.parametrize(
    ("form", "missing"),
    [
        (Prechat(name="Ana"), "email"),
        (Prechat(email="a@b.test"), "name"),
        (Prechat(), "name"),
        (Prechat(phone="1"), "name"),
    ],
)
def test_a_missing_required_field_is_named(form: Prechat, missing: str) -> None:
    """400 bad_field naming it; a random name is none."""
    with pytest.raises(ProtocolError) as caught:
        give_form(visitor(), APP, form)
    assert (caught.value.code, caught.value.reason, caught.value.field) == (400, "bad_field", missing)


def test_what_the_profile_has_need_not_be_given_again() -> None:
    """Required fields may come from init, the rest from the form."""
    after = give_form(visitor(User(email="ana@acme.test")), APP, Prechat(name="Ana"))
    assert (after.name, after.email, after.form) == ("Ana", "ana@acme.test", True)


def test_optional_and_unasked_fields_are_stored() -> None:
    """An optional field may be left out; one that the app didn't ask for is still the profile's."""
    after = give_form(visitor(), PHONE, Prechat(phone="1", company="Acme"))
    assert (after.phone, after.company, after.random_name, after.form) == ("1", "Acme", True, True)


def test_form_then_message_authenticates() -> None:
    """Neither alone does; the role follows."""
    given = give_form(visitor(), APP, FORM)
    assert (given.authenticated, role(given)) == (False, "visitor")
    after = write(given, APP)
    assert (after.authenticated, role(after)) == (True, "contact")


def test_message_then_form_authenticates() -> None:
    """The form is advisory: who wrote first is authenticated by the form."""
    wrote = write(visitor(), APP)
    assert not wrote.authenticated
    assert give_form(wrote, APP, FORM).authenticated


def test_without_fields_to_ask_a_message_authenticates() -> None:
    """All required fields of no form are given."""
    assert write(visitor(), NO_FIELDS).authenticated


def test_only_a_first_message_changes_the_entry() -> None:
    """The same object comes back afterwards, so that a message costs no write of the profile."""
    for before in (visitor(), give_form(visitor(), APP, FORM)):
        first = write(before, APP)
        assert first is not before
        assert write(first, APP) is first


def test_a_contact_with_a_user_id_is_not_changed_by_messages() -> None:
    """It was authenticated when it came."""
    contact = admit(None, Admit(user_id=ANA, means="open"), User(), THREAD, NOW)
    assert write(contact, APP) is contact


def test_a_lost_step_is_made_up_for() -> None:
    """An entry that has form and message but was not authenticated becomes so with the next message."""
    stuck = replace(visitor(), form=True, wrote=True)
    assert write(stuck, APP).authenticated


def test_a_contact_that_gives_a_form_stays_authenticated() -> None:
    """With a user_id nothing is asked, but a form that comes fills the profile."""
    contact = admit(None, Admit(user_id=ANA, means="open"), User(), THREAD, NOW)
    after = give_form(contact, APP, FORM)
    assert (after.name, after.authenticated) == ("Ana", True)
