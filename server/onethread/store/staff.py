"""The hub's StaffStore over one link: who works for an organization and who is there.

{ORG}:consoles    sorted set: hub and agent, by expiry
{ORG}:away        sorted set: agents that are away, by expiry
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from onethread.agents.presence import AgentThere
from onethread.hub.clock import now_ms
from onethread.hub.staff import Staff
from onethread.store.accounts import decode_roster
from onethread.store.documents import desk_channel, roster_key
from onethread.store.link import Link
from onethread.store.scripts import load
from onethread.store.threads import ONLINE_MS
from onethread_protocol.bounds import AgentState

_STAFF, _ATTEND, _STATE = load("staff"), load("attend"), load("state")

_there = msgspec.msgpack.Decoder(list[AgentThere])


class StaffRecords:
    """See StaffStore. An agent stays as long as a device without its hub's word: ONLINE_MS."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def staff(self, org: str, mark: str, sessions: Sequence[str]) -> Staff:
        """Return the agents; see StaffStore."""
        names = (roster_key(org), *_presence_keys(org), *sessions)
        document, mark_, there, open_ = await self._link.run(_STAFF, names, (now_ms(), mark))
        new = mark_.decode() != mark
        return Staff(
            roster=decode_roster(document) if new else None,
            mark=mark_.decode(),
            open=[bool(one) for one in open_],
            there=_there.decode(there),
        )

    async def attend(
        self, org: str, hub: str, here: Sequence[str], left: Sequence[str] = ()
    ) -> list[AgentThere]:
        """Keep a hub's agents there; see StaffStore."""
        now = now_ms()
        args: list[Any] = [now, now + ONLINE_MS, hub, desk_channel(org), len(here), *here, *left]
        return _there.decode(await self._link.run(_ATTEND, _presence_keys(org), args))

    async def set_state(self, org: str, agent: str, state: AgentState) -> list[AgentThere]:
        """Note an agent's state; see StaffStore."""
        now = now_ms()
        args = (now, now + ONLINE_MS, agent, state, desk_channel(org))
        return _there.decode(await self._link.run(_STATE, _presence_keys(org), args))


def _presence_keys(org: str) -> tuple[str, str]:
    return f"{{{org}}}:consoles", f"{{{org}}}:away"
