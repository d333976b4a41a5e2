"""What a client may rely on when it reads a thread back (WIRE.md section 6): resume, tails, replays,
history."""

import asyncio
import json

import msgpack
import pytest

from tests.integration.hubs import beside
from tests.integration.serving import Running
from tests.integration.wire import Customer, Frame, texts

EMOJI = "🦆" * 10_000


async def test_6_3_resume_at_zero_holds_and_gives_everything(shared_server: Running, user_id: str) -> None:
    """Nothing is trimmed, so from position 0 comes the whole log, as no reset."""
    async with await Customer.join(shared_server.url, user_id) as home:
        for number in range(60):
            await home.say(str(number))
        async with await Customer.dial(shared_server.url) as back:
            await back.init(
                user={"user_id": user_id}, resume={"epoch": home.ready["epoch"], "seq": 0}, tail=0
            )
            parts = await back.replayed()
            assert texts(parts) == [str(number) for number in range(60)]
            assert not any(part["reset"] for part in parts)


@pytest.mark.parametrize("tail", [0, 1, 7, None, 60, 200])
async def test_6_3_without_resume_comes_a_tail(
    shared_server: Running, user_id: str, tail: int | None
) -> None:
    """As many visible events as asked for, 50 if nothing is said; `more` tells whether there are older
    ones."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        await log.fill(*map(str, range(30)))
        await log.fill(*map(str, range(150)), kind="note")
        await log.fill(*map(str, range(30, 60)))
        options = {} if tail is None else {"tail": tail}
        async with await Customer.join(shared_server.url, user_id, **options) as back:
            parts = [frame for frame in back.frames if frame["t"] == "replay"]
            wanted = min(50 if tail is None else tail, 60)
            assert texts(parts) == [str(number) for number in range(60 - wanted, 60)]
            assert parts[0]["more"] is (wanted < 60)
            assert parts[-1]["at"]["seq"] == back.ready["head"] == 210


async def test_6_4_a_long_replay_to_a_slow_reader_is_no_slowness(make_server, user_id: str) -> None:
    """8 MB of emoji through a 128 KiB buffer to a client that reads one frame at a time: nobody is cut, no
    part is longer than 32 KiB or one event, and what is said meanwhile follows from the log."""
    server = await make_server(ONETHREAD_BUFFER="256KiB")
    async with await Customer.join(server.url, user_id) as home, beside(server, home) as log:
        await log.fill(*[EMOJI] * 200)
        slow = await Customer.dial(server.url, "msgpack", max_queue=1)
        await slow.init(user={"user_id": user_id}, tail=200)
        await slow.next("ready")
        replayed: list[Frame] = []
        while not (replayed and replayed[-1]["done"]):
            replayed.append(await slow.next("replay"))
            await asyncio.sleep(0.002)
            if len(replayed) % 50 == 1:
                await log.agent_says(f"meanwhile {len(replayed)}")
        said = texts(replayed)
        assert said[:200] == [EMOJI] * 200
        for part in replayed:
            assert len(part["events"]) <= 1 or len(msgpack.packb(part)) <= 32 * 1024
        assert [part["reset"] for part in replayed] == [True] + [False] * (len(replayed) - 1)
        meanwhile = [f"meanwhile {n}" for n in range(1, len(replayed) + 1, 50)]
        live = [(await slow.event())["text"] for _ in range(200 + len(meanwhile) - len(said))]
        assert [*said[200:], *live] == meanwhile
        await slow.close()


async def test_6_11_history_pages_meet_without_a_gap(shared_server: Running, user_id: str) -> None:
    """Going back page by page gives each visible event once; 300 hidden ones in between cost a page
    nothing."""
    async with await Customer.join(shared_server.url, user_id) as home, beside(shared_server, home) as log:
        await log.fill(*map(str, range(25)))
        await log.fill(*map(str, range(300)), kind="note")
        await log.fill(*map(str, range(25, 50)))
        await home.event(lambda event: event["seq"] == 350)
        held: list[str] = []
        before, more = 2**53 - 1, True
        while more:
            page = await home.ask({"t": "history", "before": before, "limit": 10}, "history")
            events, more = page["events"], page["more"]
            assert (len(events), page["thread"]) == (10, home.thread)
            assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)
            before = events[0]["seq"]
            held = [event["text"] for event in events] + held
        assert held == [str(number) for number in range(50)]
        empty = await home.ask({"t": "history", "before": 1, "limit": 10}, "history")
        assert (empty["events"], empty["more"]) == ([], False)


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_6_11_a_page_is_at_most_32_kib_or_one_event(
    shared_server: Running, user_id: str, codec: str
) -> None:
    """Long messages make short pages, with `more`; none is lost between them."""
    async with (
        await Customer.join(shared_server.url, user_id, codec=codec) as home,
        beside(shared_server, home) as log,
    ):
        sizes = [10_000, 2_000, 10_000, 10_000, 100, 100, 7_000, 1_000, 1_000, 10_000]
        await log.fill(*("🦆" * size for size in sizes))
        await home.event(lambda event: event["seq"] == len(sizes))
        held: list[int] = []
        before, more = 99, True
        while more:
            page = await home.ask({"t": "history", "before": before, "limit": 200}, "history")
            events, more = page["events"], page["more"]
            packed = (
                msgpack.packb(page) if codec == "msgpack" else json.dumps(page, ensure_ascii=False).encode()
            )
            assert len(packed) <= 32 * 1024 or len(events) == 1
            before = events[0]["seq"]
            held = [len(event["text"]) for event in events] + held
        assert held == sizes
