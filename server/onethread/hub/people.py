"""What a customer's frames do to who they are: form, profile, token, logout."""

from collections.abc import Callable
from typing import cast

import msgspec

from onethread.contacts import prechat as forms
from onethread.contacts.profile import Contact, edit
from onethread.hub import rewriting as stored
from onethread.hub.clock import now_ms
from onethread.hub.connection import Connection
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Creation, Moved, StoreFailure
from onethread.hub.signals import profile_frame
from onethread.hub.thread import Thread
from onethread.identity.decision import Means, Reject, renew
from onethread.identity.organization import App
from onethread.identity.proofs import LEEWAY_MS
from onethread_protocol import customer, server
from onethread_protocol.codes import Close
from onethread_protocol.errors import ProtocolError


def creation(thread: Thread) -> Creation:
    """Return what a visitor's thread is stored with when its visitor first acts."""
    return Creation(thread.epoch, thread.contact)


async def prechat(session: Connection, frame: customer.Prechat) -> None:
    """Take the filled-in form."""
    app = session.login.app
    await _answer(session, frame, lambda contact: forms.give_form(contact, app, frame))


async def profile(session: Connection, frame: customer.Profile) -> None:
    """Change the customer's own profile."""
    await _answer(session, frame, lambda contact: edit(contact, frame.user))


def wrote(session: Connection, thread: Thread) -> None:
    """Note a visitor's first message: with the form given, it makes the visitor a contact.

    Nothing is lost if this does not happen: the next message brings it about.
    """
    if session.admission is None:
        return
    app = session.login.app
    if forms.write(thread.contact, app) is not thread.contact:
        session.reception.spawn(_promote(session, thread, app))


async def auth(session: Connection, frame: customer.Auth) -> None:
    """Let a fresh token take the old one's place."""
    login, reception = session.login, session.reception
    organization = await reception.directory.organization(login.organization.org) or login.organization
    means = _means(session)
    renewed = renew(frame.token, organization, login.user_id, means, now_ms())
    if isinstance(renewed, Reject) and means == "signed":
        # The key it is signed with may be a new one.
        organization = await reception.directory.latest(login.organization.org) or organization
        renewed = renew(frame.token, organization, login.user_id, means, now_ms())
    if isinstance(renewed, Reject):
        wait_ms = reception.addresses.refusal(session.peer.address)
        if wait_ms:
            session.too_many(frame, wait_ms)
            return
        raise ProtocolError(renewed.code, renewed.reason, "This token does not prove who is connected.")
    left = renewed.expires_at_ms - now_ms()
    session.expire_at(renewed.expires_at_ms + LEEWAY_MS)
    session.write(server.Authed(exp=renewed.expires_at_ms, expires_in_ms=max(left, 0), ref=frame.ref))


async def logout(session: Connection, frame: customer.Logout) -> None:
    """End this device's connections to the thread, and the tokens that could open it or came with the
    init."""
    admission, store = session.admission, session.reception.store
    if admission is None:
        return
    session.farewell = frame.ref
    thread = admission.thread
    for other in session.login.tokens:
        if other != thread.id:
            keys = ThreadKeys(thread.keys.org, other)
            await store.logout(keys, "", tokens=True)
    await store.logout(thread.keys, admission.device.id, tokens=thread.contact.user_id is None)
    session.end(Close.NORMAL)


async def rewrite(session: Connection, thread: Thread, change: Callable[[Contact], Contact]) -> Contact:
    """Change the contact as it is stored, whoever else changes it meanwhile; everybody else is told."""
    store, organization = session.reception.store, session.login.organization
    written = await stored.rewrite(
        store,
        organization,
        thread.keys,
        thread.epoch,
        lambda contact: change(contact or thread.contact),
        session.id,
    )
    if isinstance(written, Moved):
        raise ProtocolError(409, "moved", "The thread moved into another one.")
    thread.meet(*written)
    thread.exists()
    return written[1]


async def _answer(
    session: Connection, frame: customer.Prechat | customer.Profile, change: Callable[[Contact], Contact]
) -> None:
    if session.admission is None or not session.may_send(frame):
        return
    thread = session.admission.thread
    await rewrite(session, thread, change)
    session.write(msgspec.structs.replace(profile_frame(thread), ref=frame.ref))


def _means(session: Connection) -> Means | None:
    admission = session.admission
    if admission is None or session.login.user_id is None:
        return None
    return cast("Means", admission.means)


async def _promote(session: Connection, thread: Thread, app: App) -> None:
    try:
        contact = await rewrite(session, thread, lambda contact: forms.write(contact, app))
    except (StoreFailure, ProtocolError):
        return
    if contact.authenticated:
        session.write(profile_frame(thread))
