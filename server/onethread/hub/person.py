"""Who an init lets in, and to which thread: the look-ups and writes around identity's decision."""

import random

import msgspec

from onethread.contacts.profile import Contact, admit, visit
from onethread.hub.carry import Carry
from onethread.hub.clock import now_ms
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import Found, Moved, Writing
from onethread.hub.rewriting import system_entry
from onethread.hub.surroundings import CustomerStore
from onethread.identity.decision import Admit, Known, NewVisitor, Presented, Refused, Visitor, decide
from onethread.identity.ids import new_epoch, new_event_id, new_thread, shard_for_user, shard_of
from onethread.identity.tokens import VisitorToken
from onethread_protocol.people import User


class Person(msgspec.Struct, kw_only=True):
    """Who was let in, to which thread. `version` 0: not stored yet; `epoch` is the log's, or the one it will
    have."""

    thread: str
    contact: Contact
    version: int
    epoch: str
    adm: int
    means: str = "none"
    expires_at_ms: int | None = None
    carried: str = ""
    refused: Refused | None = None


class Identification:
    """Finds the person of one init. `teller` is its session: the thread's other connections hear of a new
    profile."""

    def __init__(self, store: CustomerStore, presented: Presented, teller: str) -> None:
        self._store = store
        self._presented = presented
        self._teller = teller

    async def person(self) -> Person | Refused | None:
        """Decide, and write what the decision asks for.

        Returns a Refused that closes the connection as it is; None if somebody else wrote first: ask again.
        """
        presented, store = self._presented, self._store
        organization = presented.organization
        found = None
        if presented.user_id is not None:
            shard = shard_for_user(presented.user_id, organization.shards)
            found = await store.look_up(organization.org, shard, user_id=presented.user_id)
        source = await self._look_up_token(presented.visitor)
        stands = source is not None and not source.moved and not source.ended
        known = Known(found.contact.pin, found.contact.signed) if found and found.contact else None
        match decide(presented, known, visitor_stands=stands):
            case Admit() as outcome:
                return await self._admit(outcome, found, source)
            case Visitor(token):
                return await self._visit(token, source, presented.user)
            case NewVisitor():
                if source is not None and source.moved and source.epoch:
                    await self._run(source, source.moved)  # its carry was interrupted
                return self._new(presented.user)
            case Refused() as refused:
                return refused if refused.close is not None else await self._clean(refused)

    async def _look_up_token(self, token: VisitorToken | None) -> Found | None:
        if token is None:
            return None
        org = self._presented.organization.org
        return await self._store.look_up(org, shard_of(token.thread), thread=token.thread)

    async def _admit(self, outcome: Admit, found: Found | None, source: Found | None) -> Person | None:
        presented, organization = self._presented, self._presented.organization
        shard = shard_for_user(outcome.user_id, organization.shards)
        thread = found.thread if found else new_thread(shard)
        before = found.contact if found else None
        contact = admit(before, outcome, presented.user, thread, now_ms())
        version, epoch = (found.version, found.epoch) if found else (0, "")
        adm = found.adm if found else 0
        if contact != before or not epoch:
            epoch = epoch or new_epoch()
            pinned = [(new_event_id(), system_entry(organization, "pinned"))] if outcome.pin_now else []
            writing = Writing(
                version=version,
                before=before,
                contact=contact,
                epoch=epoch,
                ends=outcome.ends,
                events=pinned,
                teller=self._teller,
            )
            written = await self._store.write(ThreadKeys(organization.org, thread), writing)
            if written is None or isinstance(written, Moved):
                return None
            version, adm = written.version, written.adm
        person = Person(
            thread=thread,
            contact=contact,
            version=version,
            epoch=epoch,
            adm=adm,
            means=outcome.means,
            expires_at_ms=outcome.expires_at_ms,
        )
        await self._carry(person, source)
        return person

    async def _carry(self, person: Person, source: Found | None) -> None:
        """Bring the visitor's thread of the token along, or finish what was interrupted."""
        if source is None or source.thread == person.thread:
            return
        if await self._run(source, source.moved or person.thread) == person.thread:
            person.carried = source.thread
            org, shard = self._presented.organization.org, shard_of(person.thread)
            found = await self._store.look_up(org, shard, thread=person.thread)
            if found and found.contact:
                person.contact, person.version = found.contact, found.version

    async def _run(self, source: Found, to: str) -> str:
        return await Carry(self._store, self._presented.organization, self._teller).run(source.thread, to)

    async def _visit(self, token: VisitorToken, found: Found | None, user: User) -> Person | None:
        org = self._presented.organization.org
        before = found.contact if found else None
        contact = visit(before, user, token.thread, now_ms())
        if found is None or not found.epoch:
            return Person(
                thread=token.thread,
                contact=contact,
                version=0,
                epoch=token.epoch,
                adm=found.adm if found else 0,
            )
        version, adm = found.version, found.adm
        if contact != before:
            writing = Writing(
                version=version, before=before, contact=contact, epoch=found.epoch, teller=self._teller
            )
            written = await self._store.write(ThreadKeys(org, token.thread), writing)
            if written is None or isinstance(written, Moved):
                return None
            version = written.version
        return Person(thread=token.thread, contact=contact, version=version, epoch=found.epoch, adm=adm)

    def _new(self, user: User) -> Person:
        shard = random.randrange(self._presented.organization.shards)  # noqa: S311 - spreads load
        thread = new_thread(shard)
        contact = visit(None, user, thread, now_ms())
        return Person(thread=thread, contact=contact, version=0, epoch=new_epoch(), adm=0)

    async def _clean(self, refused: Refused) -> Person | None:
        """Return the clean chat that this client held, or a new one; nothing that it says of itself gets
        in."""
        found = await self._look_up_token(refused.clean)
        if refused.clean is not None and found and not found.moved and not found.ended:
            person = await self._visit(refused.clean, found, User())
        else:
            person = self._new(User())
        if person is not None:
            person.refused = refused
        return person
