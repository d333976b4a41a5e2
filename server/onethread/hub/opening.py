"""Threads as agents find them: a look, and `open` with its replay (WIRE.md section 3).

Look up, subscribe, read, merge: as a customer joins (joining.py). If admissions ended in between, all begins
again.
"""

from msgspec import UNSET

from onethread.hub.agent_side import AgentSide
from onethread.hub.agent_store import AgentThreadStore, Looked, Viewing
from onethread.hub.console import Console
from onethread.hub.keys import ThreadKeys
from onethread.hub.log import ATTEMPTS, Moved, StoreFailure
from onethread.hub.replay import Replay
from onethread.hub.signals import presences
from onethread.hub.tail import TAIL, TAIL_BYTES
from onethread.hub.thread import Thread
from onethread.identity.ids import is_thread, shard_of
from onethread.identity.organization import Organization
from onethread_protocol import agent, server
from onethread_protocol.bounds import DEFAULT_TAIL, UNREAD_CAP
from onethread_protocol.errors import ProtocolError

UNKNOWN = ProtocolError(404, "unknown_thread", "There is no such thread.")


def moved(to: str) -> ProtocolError:
    """Return the error of a thread that was carried into another one; agents are told which."""
    return ProtocolError(409, "moved", "The thread moved into another one.", to=to)


def keys_of(console: Console, thread: str) -> ThreadKeys:
    """Return the keys of a thread of the agent's own organization. ProtocolError 404 as `keys_in`."""
    return keys_in(console.desk.organization, thread)


def keys_in(organization: Organization, thread: str) -> ThreadKeys:
    """Return the keys of a thread of this organization: no id leads out of it (P5).

    ProtocolError 404: what is spelled like this is none.
    """
    if not is_thread(thread) or shard_of(thread) >= organization.shards:
        raise UNKNOWN
    return ThreadKeys(organization.org, thread)


async def look(console: Console, keys: ThreadKeys, viewing: Viewing | None = None) -> Looked:
    """Return a thread's state. ProtocolError: there is none, or it has moved."""
    office = console.desk.office
    return await look_at(office.agents, keys, viewing or Viewing(hub=office.hub))


async def look_at(agents: AgentThreadStore, keys: ThreadKeys, viewing: Viewing) -> Looked:
    """Return a thread's state. ProtocolError: there is none, or it has moved."""
    found = await agents.open(keys, viewing)
    if isinstance(found, Moved):
        raise moved(found.to)
    if found is None:
        raise UNKNOWN
    return found


async def open_thread(console: Console, frame: agent.Open) -> None:
    """Answer with `opened` and the replay; live from then on."""
    keys = keys_of(console, frame.thread)
    for _ in range(ATTEMPTS):
        found = await look(console, keys)
        desk = console.desk
        async with desk.office.threads.host(
            keys, desk.organization, found.contact, found.joined.epoch
        ) as thread:
            if await _enter(console, frame, thread) or console.connection.over:
                return
    raise StoreFailure(f"admissions to the thread ended {ATTEMPTS} times in a row")


async def _enter(console: Console, frame: agent.Open, thread: Thread) -> bool:
    """Enter the thread; false if something ended admissions meanwhile."""
    office = console.desk.office
    viewing = Viewing(hub=office.hub, agent=console.account.id, tail=TAIL, size=TAIL_BYTES)
    thread.agents = thread.agents or AgentSide(console.desk.name_of, console.desk.same_email, office.spawn)
    known, seen = thread.devices, thread.agents.known()
    found = await look(console, thread.keys, viewing)
    same = await console.desk.same_email(found.contact)
    if console.connection.over or thread.adm > found.joined.adm:
        await office.viewers.left(thread, console.account.id)
        return False
    thread.settle(found.joined)
    thread.adm = found.joined.adm
    thread.meet_devices(known, found.joined.devices)
    if thread.meet(found.version, found.contact):
        thread.agents.email, thread.agents.same_email = found.contact.email, same
    thread.agents.meet(seen, found)
    opened = console.admit(thread, found.joined.adm)
    if thread.seq < found.joined.head.seq:
        await office.threads.catch_up(thread, found.joined.head.seq)
    console.connection.write(_opened(console, frame, thread, thread.agents, found))
    read = server.ReadPositions(contact=found.joined.read_contact, agents=found.joined.read_agents)
    unread = min(found.joined.unread_agents, UNREAD_CAP)
    office.replay(
        Replay(office.store, opened, read=read, unread=unread),
        None if frame.resume is UNSET else frame.resume,
        DEFAULT_TAIL if frame.tail is UNSET else frame.tail,
    )
    return True


def _opened(
    console: Console, frame: agent.Open, thread: Thread, agents: AgentSide, found: Looked
) -> server.Opened:
    devices = presences(thread.devices)
    return server.Opened(
        thread=thread.id,
        contact=agents.contact(thread.contact, devices),
        epoch=thread.epoch,
        head=thread.seq,
        read=server.ReadPositions(contact=found.joined.read_contact, agents=found.joined.read_agents),
        status=found.status,
        assignee=console.desk.named(found.assignee),
        devices=devices,
        viewers=agents.named_viewers(),
        unread=min(found.joined.unread_agents, UNREAD_CAP),
        ref=frame.ref,
    )
