"""Codecs, limits, and the server's frames read from maps: strict where a client relies on it, tolerant
beyond.
"""

from __future__ import annotations

from contextlib import suppress

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onethread_client.errors import BadFrame
from onethread_client.frames import Arrival, Error, Ready, Replay, Unknown, parse
from onethread_client.live import Presence, Profile
from onethread_client.wire import Codec, check_frame, check_text, pack, unpack
from tests.client.builders import Frame, ack, arrival, error, event, ready, replay

BOTH: list[Codec] = ["msgpack", "json"]

words = st.text(max_size=8)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | words | st.floats(allow_nan=False)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
maps = st.dictionaries(words, values, max_size=4)
# A machine that is busy makes an example slow, not wrong.
unhurried = settings(deadline=None)


@pytest.mark.parametrize("codec", BOTH)
@unhurried
@given(frame=maps)
def test_what_is_packed_is_unpacked(codec: Codec, frame: Frame) -> None:
    """Either codec carries every value of the wire, MessagePack in binary, JSON in text (section 1)."""
    packed = pack(frame, codec)
    assert isinstance(packed, bytes if codec == "msgpack" else str)
    assert unpack(packed) == frame


@unhurried
@given(st.binary() | st.text() | maps.map(lambda frame: pack(frame, "msgpack")[:-1]))
def test_no_bytes_whatever_raise_anything_but_bad_frame(payload: bytes | str) -> None:
    """A server that sends nonsense ends the connection, never the client."""
    with suppress(BadFrame):
        assert isinstance(unpack(payload), dict)


@unhurried
@given(maps)
def test_no_map_whatever_raises_anything_but_bad_frame(frame: Frame) -> None:
    """Nor does a map that is no frame of WIRE.md section 4."""
    for t in (
        "ready",
        "replay",
        "event",
        "ack",
        "history",
        "typing",
        "read",
        "profile",
        "presence",
        "authed",
        "bye",
    ):
        with suppress(BadFrame):
            parse(frame | {"t": t})


@pytest.mark.parametrize(
    "payload", [b"\xc1", b"", "", "[1]", b"\x01", msgpack.packb({1: 2}), msgpack.packb({b"t": 1})]
)
def test_what_is_no_map_with_string_keys_is_bad(payload: bytes | str) -> None:
    """One frame is one map (WIRE.md section 1)."""
    with pytest.raises(BadFrame):
        unpack(payload)


@pytest.mark.parametrize("codec", BOTH)
@pytest.mark.parametrize("value", [object(), "\ud800"])
def test_what_cannot_be_encoded_is_refused_without_being_quoted(codec: Codec, value: object) -> None:
    """An exception's text never holds what was typed."""
    with pytest.raises(ValueError, match="a send frame holds a value") as caught:
        pack({"t": "send", "text": "secret", "value": value}, codec)
    assert "secret" not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize("text", ["", "x" * 10_001, "\ud800"])
def test_a_text_that_the_server_would_refuse_is_refused(text: str) -> None:
    """`text` has 1 to 10,000 characters and no lone surrogates (WIRE.md section 1)."""
    with pytest.raises(ValueError, match="a text") as caught:
        check_text(text)
    assert "xxx" not in str(caught.value)


def test_a_character_is_a_code_point() -> None:
    """10,000 emoji are 10,000 characters (WIRE.md section 1)."""
    assert check_text("😀" * 10_000)


def test_a_frame_over_256_kib_is_refused() -> None:
    """The server would close with 1009 (WIRE.md section 1)."""
    check_frame({"t": "track", "data": "x" * 262_000})
    with pytest.raises(ValueError, match="a track frame of 262"):
        check_frame({"t": "track", "data": "x" * 262_144})


def test_unknown_fields_and_frames_are_ignored() -> None:
    """A server of tomorrow may say more (WIRE.md section 1)."""
    assert isinstance(parse(ready(moon="full")), Ready)
    assert parse({"t": "hologram", "shape": object()}) == Unknown("hologram")
    assert parse({"t": "pong", "at": 1}) == Unknown("pong")


@pytest.mark.parametrize(
    "frame",
    [
        ready(head=True),
        ready(thread=None),
        ready(read=[]),
        ready(carried_from=[[]]),
        ready(devices=[1]),
        replay(events=["not an event"]),
        replay(event(1) | {"from": "Ana"}),
        replay(at=None),
        arrival(event(1) | {"seq": "1"}),
        arrival(event(1, text=5)),
        ack(None, 1),
        error("400", "bad_field"),  # type: ignore[arg-type]
        {"t": 5},
        {},
    ],
)
def test_a_field_of_the_wrong_type_is_bad(frame: Frame) -> None:
    """A boolean is no integer; null counts as left out only where a field is optional."""
    with pytest.raises(BadFrame):
        parse(frame)


def test_secrets_and_texts_are_not_in_a_frames_repr() -> None:
    """What is logged by accident shows no token and no message."""
    frames = [
        ready(visitor="secret", clean="secret", contact={"id": "ct", "name": "secret"}),
        replay(event(1, text="secret")),
        arrival(event(1, text="secret", rev=1)),
    ]
    assert "secret" not in f"{[parse(frame) for frame in frames]}"


def test_optional_fields_have_their_meaning() -> None:
    """A profile without `prechat` says nothing of the form, one with null that it was given (section 4)."""
    contact = {"id": "ct", "name": "Ada"}
    silent = parse({"t": "profile", "thread": "th", "contact": contact})
    given_away = parse({"t": "profile", "thread": "th", "contact": contact, "prechat": None})
    assert isinstance(silent, Profile)
    assert isinstance(given_away, Profile)
    assert (silent.form, given_away.form) == (False, True)
    assert parse({"t": "presence", "agents_online": 2}) == Presence(None, 2)
    limited = Error(429, "rate_limited", "A sentence.", retry_after_ms=5)
    assert parse(error(429, "rate_limited", retry_after_ms=5)) == limited
    part = parse(replay(event(1), reset=False))
    assert isinstance(part, Replay)
    assert (part.more, part.unread, part.read_agents) == (None, None, None)
    live = parse(arrival(event(1)))
    assert isinstance(live, Arrival)
