"""What a client may rely on: the numbered sentences of WIRE.md section 6 that concern customers."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.frames import Opcode

from tests.integration.hubs import Hubs, beside, errors, one_segment, refused, until
from tests.integration.serving import Running
from tests.integration.wire import DEMO, Customer, Frame, new_cid

INIT = {"t": "init", **DEMO, "device": {"id": "laptop", "kind": "web"}}


async def test_6_1_no_event_between_ready_and_the_end_of_the_replay(two_hubs: Hubs, user_id: str) -> None:
    """While messages pour in, devices join: each gets a replay, then every event after it once, in order."""
    one, two = two_hubs
    async with await Customer.join(one.url, user_id) as home:
        sends = [{"t": "send", "cid": new_cid(), "text": str(i)} for i in range(400)]

        async def pour() -> None:
            for i in range(0, 400, 8):
                one_segment(home, sends[i : i + 8])
                await asyncio.sleep(0.005)

        pouring = asyncio.ensure_future(pour())
        joined = [await Customer.join(hub.url, user_id, tail=200) for hub in (one, two) * 5]
        await pouring
        for customer in joined:
            while not any(f["t"] == "event" and f["event"]["seq"] == 400 for f in customer.frames):
                at = [f["at"]["seq"] for f in customer.frames if f["t"] == "replay"][-1]
                if at == 400:
                    break
                await customer.event()
            kinds = [f["t"] for f in customer.frames if f["t"] in {"ready", "replay", "event"}]
            assert kinds == sorted(kinds, key=["ready", "replay", "event"].index)
            parts = [f for f in customer.frames if f["t"] == "replay"]
            seqs = [event["seq"] for part in parts for event in part["events"]]
            seqs += [f["event"]["seq"] for f in customer.frames if f["t"] == "event"]
            assert seqs == list(range(seqs[0], 401)) if seqs else parts[-1]["at"]["seq"] == 400
            await customer.close()


async def test_6_2_the_resume_point_is_the_replays_at_moved_on_by_events(
    two_hubs: Hubs, user_id: str
) -> None:
    """A client that is cut off again and again, and resumes where it was, holds the log: nothing twice or
    missing."""
    one, two = two_hubs
    async with await Customer.join(one.url, user_id) as home:
        held: list[int] = []
        point: Frame = {"epoch": home.ready["epoch"], "seq": 0}
        for turn in range(12):
            await home.say(f"{turn}")
            cut = await Customer.dial((one, two)[turn % 2].url)
            await cut.init(user={"user_id": user_id}, resume=point)
            parts = await cut.replayed()
            assert not parts[0]["reset"]
            held += [event["seq"] for part in parts for event in part["events"]]
            await home.say(f"{turn} live")
            event = await cut.event()
            held.append(event["seq"])
            point = {"epoch": home.ready["epoch"], "seq": event["seq"], "id": event["id"]}
            await cut.close()
        assert held == list(range(1, 25))


async def test_6_2_an_own_event_comes_with_its_cid(shared_server: Running, user_id: str) -> None:
    """Every device of the sender gets the event with the cid, so that it leaves the outbox there; device
    too."""
    async with (
        await Customer.join(shared_server.url, user_id, device="laptop") as home,
        await Customer.join(shared_server.url, user_id) as work,
    ):
        ack = await home.say("hello")
        for customer in (home, work):
            event = await customer.event()
            assert (event["cid"], event["device"], event["seq"]) == (ack["cid"], "laptop", ack["seq"])


class Pinged(ClientConnection):
    """Counts the server's pings; they are answered as ever."""

    pings = 0

    def process_event(self, event: Any) -> None:
        self.pings += getattr(event, "opcode", None) is Opcode.PING
        super().process_event(event)


async def test_6_5_the_server_pings_every_heartbeat(make_server, user_id: str) -> None:
    """RFC 6455 pings come on an idle connection, which stays; `ping` is answered with the server's time."""
    server = await make_server(ONETHREAD_HEARTBEAT="1")
    home = await Customer.dial(server.url, create_connection=Pinged)
    await home.init(user={"user_id": user_id})
    ready = await home.next("ready")
    assert ready["heartbeat_ms"] == 1000
    socket = home.socket
    assert isinstance(socket, Pinged)

    async def pinged() -> bool:
        return socket.pings >= 3

    await until(pinged)
    pong = await home.ask({"t": "ping"}, "pong")
    assert isinstance(pong["at"], int)
    await home.close()


@pytest.mark.parametrize(
    "bad",
    ["no json", "[]", '{"t": 5}', "{}", json.dumps({**INIT, "org": 5}), json.dumps({**INIT, "device": {}})],
)
async def test_6_6_a_bad_first_frame_may_be_repeated(shared_server: Running, bad: str) -> None:
    """After 400 `bad_frame` or `bad_field` the connection stays, and a good init is let in."""
    async with await Customer.dial(shared_server.url) as home:
        await home.socket.send(bad)
        assert errors([await home.next("error")])[0][1] in {"bad_frame", "bad_field"}
        await home.init(ref="good")
        assert (await home.next("ready"))["ref"] == "good"
        await home.replayed()
        assert (await home.say("in"))["seq"] == 1


@pytest.mark.parametrize("frame", [{"t": "send", "cid": "c", "text": "x"}, {"t": "ping"}, {"t": "nonsense"}])
async def test_6_6_another_first_frame_closes_4400(shared_server: Running, frame: Frame) -> None:
    """A readable frame of another type before init is 400 `unknown_frame`, then the close."""
    home = await Customer.dial(shared_server.url)
    await home.send({**frame, "ref": "r"})
    assert await home.closed() == 4400
    assert errors(home.frames) == [(400, "unknown_frame")]
    assert home.frames[0]["ref"] == "r"


async def test_6_7_errors_keep_the_connection(shared_server: Running, user_id: str) -> None:
    """Each wrong frame is answered by its own error, echoing thread, cid and ref, and the next good one
    works."""
    async with await Customer.join(shared_server.url, user_id) as home:
        here = {"thread": home.thread, "cid": "a-cid"}
        wrong: list[tuple[Frame, tuple[int, str]]] = [
            ({**INIT}, (409, "already_initialized")),
            ({"t": "agent_init", "org": "demo"}, (400, "unknown_frame")),
            ({"t": "assign", **here, "agent": None}, (400, "unknown_frame")),
            ({"t": "note", **here, "text": "x"}, (400, "unknown_frame")),
            ({"t": "send", **here, "text": ""}, (400, "bad_field")),
            ({"t": "send", **here, "text": "x" * 10_001}, (400, "bad_field")),
            ({"t": "send", **here}, (400, "bad_field")),
            ({"t": "history", "before": 9, "limit": 201}, (400, "bad_field")),
            ({"t": "history", "before": 0.5, "limit": 1}, (400, "bad_field")),
            ({"t": "edit", **here, "target": 9, "target_id": "i", "text": "x"}, (404, "unknown_target")),
            ({"t": "send", "cid": "a-cid", "thread": "th_0_x", "text": "x"}, (403, "not_admitted")),
            ({"t": "auth", "token": "x"}, (403, "identity_refused")),
        ]
        for frame, expected in wrong:
            answer = await home.ask(frame, "error")
            assert (answer["code"], answer["reason"]) == expected, frame["t"]
            assert isinstance(answer["message"], str)
            for field in ("thread", "cid"):
                if field in frame and frame["t"] != "init":
                    assert answer.get(field) == frame[field], frame
        assert (await home.say("still here"))["seq"] == 1


async def test_6_7_a_429_stored_nothing(make_server, user_id: str) -> None:
    """Beyond the burst: `rate_limited` with a time to wait and the cid; repeated then, it is stored once."""
    server = await make_server(ONETHREAD_SENDS_PER_SECOND="50", ONETHREAD_SEND_BURST="5")
    async with await Customer.join(server.url, user_id) as home:
        cids = [new_cid() for _ in range(8)]
        one_segment(home, [{"t": "send", "cid": cid, "text": cid} for cid in cids])
        answers = [await home.next(("ack", "error")) for _ in range(8)]
        assert {a["cid"]: a["t"] for a in answers} == {
            c: "ack" if i < 5 else "error" for i, c in enumerate(cids)
        }
        late = [a for a in answers if a["t"] == "error"]
        assert errors(late) == [(429, "rate_limited")] * 3
        await asyncio.sleep(late[-1]["retry_after_ms"] / 1000)
        acks = [await home.say(cid, cid) for cid in cids[4:]]
        assert [ack["dup"] for ack in acks] == [True, False, False, False]
        assert [ack["seq"] for ack in acks] == [5, 6, 7, 8]


async def test_6_9_kinds_that_a_client_need_not_know_move_the_position(
    shared_server: Running, user_id: str
) -> None:
    """An event of a kind that says nothing to customers has its seq, and resume from it holds."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        await log.set_meta(status="closed")
        await home.say("reopen")
        await home.event()
        status = await home.event()
        assert (status["kind"], status["status"], status["seq"]) == ("status", "open", 2)
        assert status["from"] == {"type": "system", "id": "system", "name": status["from"]["name"]}
        async with await Customer.dial(shared_server.url) as back:
            resume = {"epoch": home.ready["epoch"], "seq": 2, "id": status["id"]}
            await back.init(user={"user_id": user_id}, resume=resume)
            [part] = await back.replayed()
            assert (part["events"], part["reset"], part["at"]["seq"]) == ([], False, 2)


async def test_6_10_commands_of_one_segment_take_effect_in_order(
    shared_server: Running, user_id: str
) -> None:
    """Init and 200 sends in one write: they are taken after `ready`, and acked and stored in the order
    sent."""
    async with await Customer.dial(shared_server.url) as home:
        sends = [{"t": "send", "cid": new_cid(), "text": str(i)} for i in range(200)]
        one_segment(home, [{**INIT, "user": {"user_id": user_id}}, *sends])
        acks = [await home.next("ack") for _ in range(200)]
        assert [ack["cid"] for ack in acks] == [send["cid"] for send in sends]
        assert [ack["seq"] for ack in acks] == list(range(1, 201))
        assert home.frames[0]["t"] == "ready"


async def test_6_10_a_page_holds_what_was_sent_before_it(shared_server: Running, user_id: str) -> None:
    """Sends, an edit and a deletion with a `history` behind them in one write: the page shows all of it."""
    async with await Customer.join(shared_server.url, user_id) as home:
        last = await home.say("first")
        for i in range(20):
            target = {"target": last["seq"], "target_id": last["id"]}
            change = {"t": "delete"} if i % 2 else {"t": "edit", "text": f"edit {i}"}
            frames = [
                {"t": "send", "cid": f"s{i}", "text": f"send {i}"},
                {**change, "cid": f"c{i}", **target},
                {"t": "history", "before": 1000, "limit": 200, "ref": f"page {i}"},
            ]
            one_segment(home, frames)
            last = await home.next("ack", lambda ack: ack["cid"] == f"s{i}")  # noqa: B023 - awaited here
            changed = await home.next("ack", lambda ack: ack["cid"] == f"c{i}")  # noqa: B023
            page = {event["seq"]: event for event in (await home.next("history"))["events"]}
            assert sorted(page) == list(range(1, changed["seq"] + 1))
            assert (page[last["seq"]]["text"], page[changed["seq"]]["cid"]) == (f"send {i}", f"c{i}")
            seen = page[target["target"]]
            assert (seen["rev"], seen.get("text")) == (changed["seq"], change.get("text"))


async def test_6_10_frames_that_wait_hold_later_ones_back(shared_server: Running) -> None:
    """A visitor's sends between form, profile, history, typing and pages: all answered, in the order sent."""
    async with await Customer.dial(shared_server.url) as home:
        frames: list[Frame] = [{**INIT}]
        for i in range(10):
            frames += [
                {"t": "send", "cid": f"a{i}", "text": f"a{i}", "ref": f"{i}a"},
                {"t": "prechat", "name": "Eve", "email": f"eve{i}@x.test", "ref": f"{i}b"},
                {"t": "typing", "on": True},
                {"t": "send", "cid": f"b{i}", "text": f"b{i}", "ref": f"{i}c"},
                {"t": "history", "before": 1000, "limit": 5, "ref": f"{i}d"},
                {"t": "page", "url": "https://x.test/"},
                {"t": "track", "name": "clicked"},
                {"t": "read", "seq": 1},
                {"t": "profile", "user": {"phone": str(i)}, "ref": f"{i}e"},
                {"t": "ping", "ref": f"{i}f"},
            ]
        one_segment(home, frames)
        await home.next("pong", lambda frame: frame["ref"] == "9f")
        await home.settled()
        assert errors(home.frames) == []
        acks = [frame["cid"] for frame in home.frames if frame["t"] == "ack"]
        assert acks == [f"{letter}{i}" for i in range(10) for letter in "ab"]
        profiles = [f["contact"] for f in home.frames if f["t"] == "profile" and "ref" in f]
        assert [contact["email"] for contact in profiles[::2]] == [f"eve{i}@x.test" for i in range(10)]
        assert [contact["phone"] for contact in profiles[1::2]] == [str(i) for i in range(10)]
        answered = [f["ref"] for f in home.frames if len(f.get("ref", "")) == 2]
        assert sorted(answered) == sorted(f["ref"] for f in frames if "ref" in f)


async def test_20_bad_frames_in_a_minute_close_4400(shared_server: Running, user_id: str) -> None:
    """19 are answered and forgiven, the 20th is answered and the last."""
    home = await Customer.join(shared_server.url, user_id)
    for _ in range(19):
        assert await refused(home, {"t": "send", "cid": "", "text": "x"}) == (400, "bad_field")
    assert (await home.say("still here"))["seq"] == 1
    await home.send({"t": "nonsense"})
    assert await home.closed() == 4400
    assert len(errors(home.frames)) == 20
