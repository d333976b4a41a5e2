"""From an init frame to `ready` and the replay: the doing to identity's deciding.

Look up, decide, write, subscribe, read: between the look-up and the read somebody else may pin a hash, log in
as signed, or carry the thread away. The write is refused if the contact was changed since the look-up, and
the read tells the admission number: if it is not the one that was decided upon, all begins again
(`Joining.attempt`).
"""

from typing import Any, Final

import msgspec
from msgspec import UNSET

from onethread.contacts import prechat as forms
from onethread.contacts.profile import role, view
from onethread.hub.admission import Admission, Login
from onethread.hub.clock import now_ms
from onethread.hub.connection import Connection
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import ATTEMPTS, START, Arrival, DeviceState, Joined, StoreFailure
from onethread.hub.person import Identification, Person
from onethread.hub.replay import Replay
from onethread.hub.signals import presences
from onethread.hub.tail import TAIL, TAIL_BYTES
from onethread.hub.thread import Thread
from onethread.identity.decision import (
    Presented,
    Refused,
    Reject,
    read,
)
from onethread.identity.proofs import LEEWAY_MS
from onethread_protocol import customer, server
from onethread_protocol.bounds import CARRIED_FROM, DEFAULT_TAIL, UNREAD_CAP
from onethread_protocol.errors import ProtocolError

_REJECTED: Final = {
    "bad_credentials": "`org`, `app_id` and `app_secret` don't belong together.",
    "origin_refused": "This page's Origin is not on the app's list.",
    "token_expired": "The token has expired.",
    "identity_refused": "This is no proof of that identity.",
}


async def join(session: Connection, init: customer.Init) -> None:
    """Answer an init (WIRE.md section 8). StoreFailure: nothing was admitted, the init may be repeated."""
    reception = session.reception
    wait = reception.addresses.init(session.peer.address)
    if wait:
        session.too_many(init, wait)
        return
    presented = await _presented(session, init)
    if isinstance(presented, Reject):
        error = ProtocolError(presented.code, presented.reason, _REJECTED[presented.reason])
        session.refuse(error, frame=init)
        if presented.close is not None:
            session.end(presented.close)
        return
    joining = Joining(session, init, presented)
    for _ in range(ATTEMPTS):
        if await joining.attempt() or session.over:
            return
    raise StoreFailure(f"the contact was changed by others {ATTEMPTS} times in a row")


async def _presented(session: Connection, init: customer.Init) -> Presented | Reject:
    """Read an init by what is held of its organization; before that refuses it, by what is stored.

    An app or a key added a moment ago counts at once.
    """
    reception = session.reception
    organization = await reception.directory.organization(init.org)
    presented = read(init, organization, session.peer.origin, reception.mint, now_ms())
    if isinstance(presented, Reject) or presented.proof == "invalid":
        organization = await reception.directory.latest(init.org)
        presented = read(init, organization, session.peer.origin, reception.mint, now_ms())
    return presented


class Joining:
    """One init on its way in."""

    def __init__(self, session: Connection, init: customer.Init, presented: Presented) -> None:
        self._session = session
        self._reception = session.reception
        self._init = init
        self._presented = presented
        self._identification = Identification(session.reception.store, presented, session.id)
        self._told_refusal = False

    async def attempt(self) -> bool:
        """Try to get in; false if somebody else changed the same contact meanwhile."""
        person = await self._identification.person()
        refused = person.refused if isinstance(person, Person) else person
        if refused is not None and not self._tell_refusal(refused):
            return True
        if person is None or isinstance(person, Refused) or self._session.over:
            return False
        organization = self._presented.organization
        keys = ThreadKeys(organization.org, person.thread)
        async with self._reception.threads.host(keys, organization, person.contact, person.epoch) as thread:
            if person.version:
                thread.meet(person.version, person.contact)
            await self._reception.attendance.meet(organization.org)
            return await self._arrive(person, thread)

    async def _arrive(self, person: Person, thread: Thread) -> bool:
        keys, reception = thread.keys, self._reception
        admission = Admission(
            thread,
            self._session.peer,
            self._session.id,
            "customer",
            self._init.device,
            person.means,
            self._session.end,
        )
        known = thread.devices
        joined = await reception.store.join(keys, self._arrival(thread))
        if self._session.over or not self._enter(person, thread, admission, joined):
            await reception.presence.left(thread, self._init.device.id)
            return False
        if joined is not None:
            thread.meet_devices(known, joined.devices)
            if thread.seq < joined.head.seq:
                await reception.threads.catch_up(thread, joined.head.seq)
        self._welcome(person, admission, joined)
        return True

    def _arrival(self, thread: Thread) -> Arrival:
        device, page = self._init.device, self._init.page
        # A hosted thread has its tail: to read it again would be half of what a join costs the store.
        hosted = thread.position is not None
        return Arrival(
            hub=self._reception.hub,
            device=device.id,
            kind=device.kind,
            name=device.name or "",
            tail=0 if hosted else TAIL,
            size=TAIL_BYTES,
            page=b"" if page is UNSET else msgspec.msgpack.encode([page.url, page.title]),
        )

    def _enter(self, person: Person, thread: Thread, admission: Admission, joined: Joined | None) -> bool:
        """Enter the thread unless what was decided upon has changed. From here on whatever ends it is
        heard."""
        if joined is None:
            if person.version:
                return False
            if thread.position is None:
                thread.begin(START)
        else:
            if joined.adm != person.adm or thread.adm > joined.adm:
                return False
            thread.settle(joined)
            thread.adm = joined.adm
        admission.number = person.adm
        thread.admissions.append(admission)
        self._session.admitted(admission)
        return True

    def _tell_refusal(self, refused: Refused) -> bool:
        """Answer a refused identity, once; false if the connection ends with it."""
        session = self._session
        if not self._told_refusal:
            self._told_refusal = True
            wait = self._reception.addresses.refusal(session.peer.address)
            if wait:
                session.too_many(self._init, wait)
                return False
            session.refuse(
                ProtocolError(403, "identity_refused", _REJECTED["identity_refused"]), frame=self._init
            )
        if refused.close is not None:
            session.end(refused.close)
        return refused.close is None

    def _welcome(self, person: Person, admission: Admission, joined: Joined | None) -> None:
        session, presented = self._session, self._presented
        tokens = [token.thread for token in (presented.visitor, presented.clean) if token is not None]
        session.login = Login(
            presented.organization,
            presented.app,
            None if person.refused else presented.user_id,
            tuple(tokens),
        )
        if person.expires_at_ms is not None:
            session.expire_at(person.expires_at_ms + LEEWAY_MS)
        read = server.ReadPositions(
            contact=joined.read_contact if joined else 0, agents=joined.read_agents if joined else 0
        )
        unread = min(joined.unread_contact, UNREAD_CAP) if joined else 0
        session.write(self._ready(person, admission, joined, read, unread))
        resume = None if self._init.resume is UNSET else self._init.resume
        tail = DEFAULT_TAIL if self._init.tail is UNSET else self._init.tail
        self._reception.replay(
            Replay(self._reception.store, admission, read=read, unread=unread), resume, tail
        )

    def _ready(
        self,
        person: Person,
        admission: Admission,
        joined: Joined | None,
        read: server.ReadPositions,
        unread: int,
    ) -> server.Ready:
        presented, thread = self._presented, admission.thread
        contact = thread.contact if thread.version else person.contact  # the newest, heard of meanwhile
        device = self._init.device
        devices = joined.devices if joined else [DeviceState(device.id, device.kind, device.name or "", 1)]
        carried = [source for source in contact.carried if source != person.carried]
        carried = [*carried, *([person.carried] if person.carried else [])][-CARRIED_FROM:]
        left = None if person.expires_at_ms is None else max(person.expires_at_ms - now_ms(), 0)
        return server.Ready(
            session=self._session.id,
            org=presented.organization.org,
            role=role(contact),
            thread=thread.id,
            contact=view(contact),
            identity=person.means,  # type: ignore[arg-type]
            refused=True if person.refused else UNSET,
            carried_from=carried or UNSET,
            expires_in_ms=UNSET if left is None else left,
            prechat=forms.asked(contact, presented.app),
            epoch=thread.epoch,
            head=thread.seq,
            read=read,
            unread=unread,
            devices=presences(devices),
            agents_online=self._reception.attendance.online(presented.organization.org),
            heartbeat_ms=self._reception.limits.heartbeat_ms,
            ref=self._init.ref,
            **self._tokens(person),
        )

    def _tokens(self, person: Person) -> dict[str, Any]:
        mint, org, now = self._reception.mint, self._presented.organization.org, now_ms()
        if person.refused is None:
            is_visitor = person.contact.user_id is None
            return {"visitor": mint.visitor(org, person.thread, person.epoch, now)} if is_visitor else {}
        user_id = person.refused.user_id
        if user_id is None:
            return {}
        return {"clean": mint.clean(org, person.thread, person.epoch, user_id, now)}
