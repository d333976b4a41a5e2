"""Whatever is typed, lost, repeated, refused or restored: in the end the client shows what the log holds, and
nothing twice.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from onethread_client import commands
from onethread_client import timeline as module
from onethread_client.link import Phase
from tests.client.builders import ANA, Frame
from tests.client.simulated import HIDDEN, SimulatedServer
from tests.client.talk import Talk

ROUNDS = 2_000

# How many frames arrive at the server, and how many at the client, in each of some turns.
Flow = list[tuple[int, int]]
flows = st.lists(st.tuples(st.sampled_from([3, 1]), st.sampled_from([9, 1, 2, 0])), max_size=4)


class Conversing(RuleBasedStateMachine):
    """One client, one server, and a line between them that loses what is on its way in both directions."""

    def __init__(self) -> None:
        super().__init__()
        # So few that the oldest are dropped while a page is on its way.
        self.held, module.HELD = module.HELD, 8
        self.server = SimulatedServer()
        self.talk = Talk()
        self.way: list[Frame] = []
        self.typed: list[str] = []
        self.restored = False

    # People

    @rule(flow=flows)
    def type(self, flow: Flow) -> None:
        """The customer sends a message."""
        self.typed.append(self.talk.types(f"mine {len(self.typed)}"))
        self.run(flow)

    @rule(data=st.data(), delete=st.booleans(), flow=flows)
    def change(self, data: st.DataObject, delete: bool, flow: Flow) -> None:
        """The customer edits or deletes a message that is shown."""
        own = [one.seq for one in self.talk.session.messages if one.mine and one.id and not one.deleted]
        held = [seq for seq in own if seq and self.talk.session.conversation.timeline.get(seq)]
        if held:
            seq = data.draw(st.sampled_from(held))
            if delete:
                commands.delete(self.talk.session, seq)
            else:
                commands.edit(self.talk.session, seq, f"edited {len(self.server.log)}")
        self.run(flow)

    @rule(
        flow=flows, kinds=st.lists(st.sampled_from(["message", "note", "status", "holographed"]), max_size=4)
    )
    def agent(self, kinds: list[str], flow: Flow) -> None:
        """The agent writes, notes, closes, or does what this client has never heard of."""
        for kind in kinds:
            self.server.append(kind, ANA, text=f"agent's {len(self.server.log)}")
        self.run(flow)

    @rule(data=st.data(), delete=st.booleans(), flow=flows)
    def agent_changes(self, data: st.DataObject, delete: bool, flow: Flow) -> None:
        """The agent edits or deletes an own message."""
        own = [one for one in self.server.log if one["kind"] == "message" and one["from"] == ANA]
        own = [one for one in own if not one.get("deleted")]
        if own:
            message = data.draw(st.sampled_from(own))
            words = {} if delete else {"text": f"agent's edit {len(self.server.log)}"}
            self.server.change("deleted" if delete else "edited", message, ANA, **words)
        self.run(flow)

    @precondition(lambda self: self.talk.session.link.phase is Phase.LIVE)
    @rule(limit=st.integers(1, 3), flow=flows)
    def page(self, limit: int, flow: Flow) -> None:
        """The customer scrolls up."""
        commands.history(self.talk.session, limit)
        self.run(flow)

    # The line

    @rule(flow=flows)
    def run(self, flow: Flow) -> None:
        """The client writes what it may; some of it arrives, and some of what the server wrote."""
        for arriving, delivered in flow:
            self.write()
            for _ in range(min(arriving, len(self.way))):
                self.server.receive(self.way.pop(0))
            for _ in range(min(delivered, len(self.server.sent))):
                self.talk.hear(self.server.sent.pop(0))

    def write(self) -> None:
        """Connects if need be, and writes."""
        if self.talk.session.link.phase is Phase.OFFLINE:
            self.way.append(self.talk.open())
        self.way += self.talk.writes()

    @rule(restart=st.booleans())
    def cut(self, restart: bool) -> None:
        """The line is cut, by the end of the client's process perhaps; what was on its way is lost."""
        self.way.clear()
        self.server.cut()
        self.talk.lose()
        if restart:
            self.talk = self.talk.again()

    @rule(seconds=st.sampled_from([0.1, 1.0, 20.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.talk.now += seconds

    # Trouble

    @rule(kind=st.sampled_from(["503", "stored, 503", "429"]))
    def trouble(self, kind: str) -> None:
        """The store is away or the client too fast, for one command."""
        self.server.trouble.append(kind)

    @rule()
    def turn(self) -> None:
        """From now on acks come before their events, or after."""
        self.server.ack_first = not self.server.ack_first

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        """The store comes back from an older file."""
        self.server.restore(data.draw(st.integers(0, len(self.server.versions) - 1)))
        self.restored = True

    # Promises

    @invariant()
    def nothing_is_in_the_log_twice(self) -> None:
        """P2: however often a command is repeated, its cid has one entry."""
        cids = [one["cid"] for one in self.server.log if one.get("cid")]
        assert len(cids) == len(set(cids))

    @invariant()
    def nothing_is_shown_twice(self) -> None:
        """A message is in the log or in the outbox, never shown as both."""
        cids = [one.cid for one in self.talk.session.messages if one.cid]
        assert len(cids) == len(set(cids))

    @invariant()
    def the_log_keeps_the_order_typed(self) -> None:
        """Nothing typed later gets into the log before what was typed earlier."""
        if not self.restored:
            logged = [one["cid"] for one in self.server.log if one.get("cid") in self.typed]
            assert logged == [cid for cid in self.typed if cid in logged]

    def teardown(self) -> None:
        """In the end all is quiet, and both sides hold the same."""
        module.HELD = self.held
        self.server.trouble.clear()
        for _ in range(ROUNDS):
            self.wait(20.0)
            self.write()
            if not self.way and not self.server.sent and self.talk.session.link.phase is Phase.LIVE:
                break
            self.run([(3, 9)])
        else:
            raise AssertionError("it never becomes quiet")
        self._compare()

    def _compare(self) -> None:
        outbox = self.talk.session.kept.outbox
        assert [entry for entry in outbox.entries if not entry.failure] == []
        timeline = self.talk.session.conversation.timeline
        visible = [
            one for one in self.server.log if one["kind"] not in HIDDEN and one["seq"] >= timeline.before
        ]
        assert [one.seq for one in timeline.events] == [one["seq"] for one in visible]
        messages = [one for one in visible if one["kind"] == "message"]
        held = [(one.text, one.deleted) for one in timeline.events if one.is_message]
        assert held == [(one.get("text"), one.get("deleted", False)) for one in messages]
        if not self.restored:
            logged = {one["cid"] for one in self.server.log if one.get("cid")}
            failed = {entry.cid for entry in outbox.entries}
            assert set(self.typed) <= logged
            assert not failed & logged


TestConversing = Conversing.TestCase
TestConversing.settings = settings(deadline=None, max_examples=200, stateful_step_count=60)
