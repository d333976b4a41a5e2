"""Whatever is typed, lost, repeated, refused or restored: in the end the client shows what the log holds, and
nothing twice.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from onethread_client import commands
from onethread_client.link import Phase
from tests.client.builders import ANA, Frame
from tests.client.simulated import HIDDEN, SimulatedServer
from tests.client.talk import Talk

ROUNDS = 2_000


class Conversing(RuleBasedStateMachine):
    """One client, one server, and a line between them that loses what is on its way in both directions."""

    def __init__(self) -> None:
        super().__init__()
        self.server = SimulatedServer()
        self.talk = Talk()
        self.way: list[Frame] = []
        self.typed: list[str] = []
        self.restored = False

    # People

    @rule()
    def type(self) -> None:
        """The customer sends a message."""
        self.typed.append(self.talk.types(f"mine {len(self.typed)}"))

    @rule(data=st.data(), delete=st.booleans())
    def change(self, data: st.DataObject, delete: bool) -> None:
        """The customer edits or deletes a message that is shown."""
        own = [one.seq for one in self.talk.session.messages if one.mine and one.id and not one.deleted]
        held = [seq for seq in own if seq and self.talk.session.conversation.timeline.get(seq)]
        if held:
            seq = data.draw(st.sampled_from(held))
            if delete:
                commands.delete(self.talk.session, seq)
            else:
                commands.edit(self.talk.session, seq, f"edited {len(self.server.log)}")

    @rule(kind=st.sampled_from(["message", "note", "status", "holographed"]))
    def agent(self, kind: str) -> None:
        """The agent writes, notes, closes, or does what this client has never heard of."""
        self.server.append(kind, ANA, text=f"agent's {len(self.server.log)}")

    @rule(data=st.data(), delete=st.booleans())
    def agent_changes(self, data: st.DataObject, delete: bool) -> None:
        """The agent edits or deletes an own message."""
        own = [one for one in self.server.log if one["kind"] == "message" and one["from"] == ANA]
        own = [one for one in own if not one.get("deleted")]
        if own:
            message = data.draw(st.sampled_from(own))
            words = {} if delete else {"text": f"agent's edit {len(self.server.log)}"}
            self.server.change("deleted" if delete else "edited", message, ANA, **words)

    @precondition(lambda self: self.talk.session.link.phase is Phase.LIVE)
    @rule(limit=st.integers(1, 3))
    def page(self, limit: int) -> None:
        """The customer scrolls up."""
        commands.history(self.talk.session, limit)

    # The line

    @precondition(lambda self: self.talk.session.link.phase is Phase.OFFLINE)
    @rule()
    def connect(self) -> None:
        """A connection is opened."""
        self.way.append(self.talk.open())

    @rule()
    def write(self) -> None:
        """The client writes what it may."""
        self.way += self.talk.writes()

    @rule(count=st.integers(1, 4))
    def arrive(self, count: int) -> None:
        """Some of what the client wrote arrives."""
        for _ in range(min(count, len(self.way))):
            self.server.receive(self.way.pop(0))

    @rule(count=st.integers(1, 4))
    def deliver(self, count: int) -> None:
        """Some of what the server wrote arrives."""
        for _ in range(min(count, len(self.server.sent))):
            self.talk.hear(self.server.sent.pop(0))

    @rule()
    def cut(self) -> None:
        """The line is cut; what was on its way is lost."""
        self.way.clear()
        self.server.cut()
        self.talk.lose()

    @rule(seconds=st.sampled_from([0.1, 1.0, 20.0]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.talk.now += seconds

    # Trouble

    @rule(kind=st.sampled_from(["503", "stored, 503", "429"]))
    def trouble(self, kind: str) -> None:
        """The store is away or the client too fast, for one command."""
        self.server.trouble.append(kind)

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        """The store comes back from an older file."""
        self.server.restore(data.draw(st.integers(0, len(self.server.log))))
        self.restored = True

    @rule()
    def restart(self) -> None:
        """The client's process is killed and started again."""
        self.cut()
        self.talk = self.talk.again()

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
        self.server.trouble.clear()
        if self.talk.session.link.phase is Phase.OFFLINE:
            self.connect()
        for _ in range(ROUNDS):
            self.wait(20.0)
            self.write()
            if not self.way and not self.server.sent and self.talk.session.link.phase is Phase.LIVE:
                break
            self.arrive(4)
            self.deliver(4)
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
TestConversing.settings = settings(deadline=None, max_examples=200, stateful_step_count=40)
