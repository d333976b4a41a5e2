"""The client over a socket, against exchanges of WIRE.md: what is asked, and what is told in passing."""

from __future__ import annotations

import pytest

from onethread_client import (
    RequestRefused,
)
from tests.client.builders import (
    ME,
    THREAD,
    Frame,
    arrival,
    error,
    event,
    replay,
)
from tests.client.opening import client, until
from tests.client.scripted import Peer, scripted


async def test_history_brings_older_messages() -> None:
    """Page by page, up to the beginning; what it brings joins what is held."""

    async def script(peer: Peer) -> None:
        await peer.admit(event(5))
        asked = await peer.expect("history")
        assert (asked["before"], asked["limit"]) == (5, 2)
        page = [event(3), event(4)]
        await peer.send({"t": "history", "thread": THREAD, "events": page, "more": True, "ref": asked["ref"]})

    async with scripted(script) as url, client(url) as chat:
        await chat.ready()
        assert [message.text for message in await chat.history(2)] == ["text 3", "text 4"]
        assert [message.seq for message in chat.messages] == [3, 4, 5]
        assert chat.more is True


async def test_a_page_that_a_reset_made_stale_is_asked_for_again() -> None:
    """A page asked for before a reset is thrown away; the caller gets one of the new log (WIRE.md section 6,
    11).
    """

    async def script(peer: Peer) -> None:
        await peer.admit(event(50))
        stale = await peer.expect("history")
        late = {"t": "history", "thread": THREAD, "events": [event(9)], "more": False, "ref": stale["ref"]}
        await peer.send(replay(event(2), epoch="epoch-2", more=True), late)
        fresh = await peer.expect("history")
        assert fresh["before"] == 2
        page = {"t": "history", "thread": THREAD, "events": [event(1)], "more": False, "ref": fresh["ref"]}
        await peer.send(page)

    async with scripted(script) as url, client(url) as chat:
        await chat.ready()
        assert [message.seq for message in await chat.history()] == [1]
        assert [message.seq for message in chat.messages] == [1, 2]


async def test_profile_form_and_auth_answer_with_what_became_of_them() -> None:
    """Each waits for its own answer; an error is raised with its reason."""
    form = {"fields": [{"name": "name", "required": True}], "values": {}}

    async def script(peer: Peer) -> None:
        await peer.admit(prechat=form)
        asked = await peer.expect("profile")
        assert asked["user"] == {"name": "Ada", "phone": None, "custom_data": {"plan": "pro"}}
        ada = {
            "t": "profile",
            "thread": THREAD,
            "contact": {"id": ME["id"], "name": "Ada", "authenticated": False},
        }
        await peer.send(ada | {"ref": asked["ref"]})
        asked = await peer.expect("prechat")
        assert (asked["name"], asked["email"]) == ("Ada", "ada@demo.test")
        await peer.send(ada | {"ref": asked["ref"], "prechat": None})
        asked = await peer.expect("auth")
        await peer.send({"t": "authed", "exp": 5, "expires_in_ms": 900_000, "ref": asked["ref"]})
        asked = await peer.expect("profile")
        await peer.send(error(403, "field_locked", ref=asked["ref"]))

    async with scripted(script) as url, client(url) as chat:
        await chat.ready()
        assert chat.prechat_form == form
        assert (await chat.profile(name="Ada", phone=None, custom_data={"plan": "pro"}))["name"] == "Ada"
        assert (await chat.prechat(name="Ada", email="ada@demo.test"))["name"] == "Ada"
        assert chat.prechat_form is None
        assert await chat.auth("jwt") == 5
        with pytest.raises(RequestRefused, match="field_locked"):
            await chat.profile(email="locked@demo.test")


async def test_what_has_no_answer_is_written_too() -> None:
    """`typing`, `read`, `page`, `track` (WIRE.md section 2)."""
    written: dict[str, Frame] = {}

    async def script(peer: Peer) -> None:
        await peer.admit(event(1))
        for t in ("track", "read", "page", "typing"):
            written[t] = await peer.expect(t)
        await peer.send(arrival(event(2)))

    async with scripted(script) as url, client(url) as chat:
        assert chat.track("early") is False
        await chat.ready()
        assert chat.track("clicked", {"n": 1}) is True
        chat.read()
        chat.page("https://demo.test/", "Home")
        chat.typing()
        await until(chat, lambda: len(chat.messages) == 2)
        assert chat.unread == 1
    assert (written["track"]["name"], written["track"]["data"]) == ("clicked", {"n": 1})
    assert (written["read"]["seq"], written["typing"]["on"]) == (1, True)
    assert (written["page"]["url"], written["page"]["title"]) == ("https://demo.test/", "Home")
