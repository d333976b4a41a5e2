"""The pre-chat form, and the step from visitor to authenticated contact (WIRE.md section 8, Visitors)."""

from msgspec.structs import replace

from onethread.contacts.profile import Contact, fill
from onethread.identity.organization import App
from onethread_protocol.customer import Prechat
from onethread_protocol.errors import ProtocolError
from onethread_protocol.server import AskedField, PrechatForm


def asked(contact: Contact, app: App) -> PrechatForm | None:
    """Return the form still to be given, with what the profile has of it; None: given, or not asked for.

    A contact with a user_id is asked nothing, nor is a visitor of an app without fields. A random name is
    no value.
    """
    if contact.user_id is not None or contact.form or not app.prechat_fields:
        return None
    values = {field.name: _value(contact, field.name) for field in app.prechat_fields}
    return PrechatForm(
        fields=[AskedField(name=field.name, required=field.required) for field in app.prechat_fields],
        values={name: value for name, value in values.items() if value},
    )


def give_form(contact: Contact, app: App, form: Prechat) -> Contact:
    """Return the entry after a `prechat` frame; authenticated if a message was sent before.

    ProtocolError 400 `bad_field`: a required field is neither in the frame nor in the profile already; of a
    contact with a user_id, who is asked for no form, nothing is required. 403 `field_locked`: a token set a
    field that the frame gives. Either way nothing of the frame is stored.
    """
    filled = fill(contact, form)
    for field in app.prechat_fields:
        required = field.required and contact.user_id is None
        if required and not _value(filled, field.name):
            raise ProtocolError(400, "bad_field", f"`{field.name}` is required.", field=field.name)
    return replace(filled, form=True, authenticated=filled.authenticated or filled.wrote)


def write(contact: Contact, app: App) -> Contact:
    """Return the entry after a message of its contact: authenticated if the form was given or none is asked.

    The same object comes back if nothing changed, so that at most one message costs a write of the profile.
    """
    given = contact.form or not app.prechat_fields
    if contact.authenticated or (contact.wrote and not given):
        return contact
    return replace(contact, wrote=True, authenticated=given)


def _value(contact: Contact, name: str) -> str:
    if name == "name" and contact.random_name:
        return ""
    value: str = getattr(contact, name)
    return value
