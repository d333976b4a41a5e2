"""What an error says: the field's path and its value, and never a secret or somebody's words."""

import json
import re
from typing import Any

import msgpack
import pytest

from onethread_protocol.codec import CODECS, MSGPACK, Codec
from onethread_protocol.shape import PRIVATE
from tests.protocol.reading import echo, payload, refused, vectors

both_codecs = pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)

INIT: dict[str, Any] = {
    "t": "init",
    "org": "acme",
    "app_id": 1,
    "app_secret": "s3cret",
    "device": {"id": "d", "kind": "web"},
}


def pack(codec: Codec, frame: Any) -> bytes:
    """Bytes made by somebody else's encoder."""
    return bytes(msgpack.packb(frame)) if codec.binary else json.dumps(frame).encode()


@both_codecs
@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        (
            {"user": {"user_id": 12345}},
            "user.user_id",
            "`user.user_id` must be a string of 1 to 255 characters, not 12345.",
        ),
        ({"tail": 201}, "tail", "`tail` must be an integer from 0 to 200, not 201."),
        ({"tail": True}, "tail", "`tail` must be an integer from 0 to 200, not true."),
        ({"tail": None}, "tail", "`tail` must be an integer from 0 to 200, not null."),
        ({"org": ""}, "org", '`org` must be a string of 1 to 64 characters, not "".'),
        ({"device": {"id": "d"}}, "device.kind", "`device.kind` is missing."),
        ({"device": []}, "device", "`device` must be a map, not a list."),
        (
            {"device": {"id": "d", "kind": "tv"}},
            "device.kind",
            '`device.kind` must be one of "android", "ios", "other", "web", not "tv".',
        ),
        (
            {"user": {"custom_data": {"": 1}}},
            "user.custom_data",
            'A key of `user.custom_data` must be a string of 1 to 64 characters, not "".',
        ),
        (
            {"user": {"custom_data": {str(number): 1 for number in range(101)}}},
            "user.custom_data",
            "`user.custom_data` must have at most 100 keys, not 101.",
        ),
    ],
)
def test_message_names_the_field_and_quotes_the_value(
    codec: Codec, change: dict[str, Any], field: str, message: str
) -> None:
    """400 `bad_field` says which field it is, by its full path, what it must be and what it was."""
    error = refused(codec, pack(codec, {**INIT, **change}))
    assert (error.code, error.reason, error.field, error.message) == (400, "bad_field", field, message)


@both_codecs
def test_long_values_are_shortened(codec: Codec) -> None:
    """A quoted value has at most 64 characters, whatever the client sent."""
    error = refused(codec, pack(codec, {**INIT, "org": "ö" * 100_000}))
    quoted = re.findall(r'"(.*?)"', error.message)
    assert quoted == ["ö" * 63 + "…"]
    assert "a string of length 100,000" in error.message
    error = refused(codec, pack(codec, {**INIT, "t": "y" * 100_000}))
    assert len(error.message) < 150


@both_codecs
def test_quoted_values_cant_break_a_line(codec: Codec) -> None:
    """Control characters in a value don't reach the message, so they can't forge a line of a log."""
    error = refused(codec, pack(codec, {**INIT, "device": {"id": "d", "kind": "a\nb\x1b[31m\u202e"}}))
    assert error.message.isprintable()


@both_codecs
@pytest.mark.parametrize("union", ["customer", "agent"])
def test_private_values_are_never_quoted(codec: Codec, union: str) -> None:
    """No error on any refused vector has a secret or a text in its message, its str or its repr."""
    for vector in [*vectors("refused"), *vectors("limits")]:
        data = payload(vector, codec)
        if vector["union"] == union and "reason" in vector and data is not None:
            error = refused(codec, data, union)
            private = [value for value in _private(vector["frame"]) if len(value) > 3]
            assert not [value for value in private if value in f"{error.message} {error} {error!r}"]


def _private(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in _private(item)]
    if not isinstance(value, dict):
        return []
    own = [str(item) for key, item in value.items() if key in PRIVATE and isinstance(item, str | int)]
    return own + [found for item in value.values() for found in _private(item)]


@both_codecs
@pytest.mark.parametrize("name", sorted(PRIVATE - {"password", "secret", "key"}))  # which no frame has
@pytest.mark.parametrize(
    ("value", "told"), [(987654321, "a number."), ("s3cr3t" * 2_000, "of length 12,000.")]
)
def test_private_value_is_told_by_type_and_length(codec: Codec, name: str, value: object, told: str) -> None:
    """A secret or a text of a wrong type or length is not quoted, not even its beginning."""
    frame = {"t": "send", "cid": "c"} if name == "text" else INIT
    inner = name in ("security_hash", "user_hash")
    error = refused(codec, pack(codec, {**frame, **({"user": {name: value}} if inner else {name: value})}))
    assert error.message.endswith(told)
    assert "s3cr3t" not in error.message


@both_codecs
def test_echo_survives_other_faults(codec: Codec) -> None:
    """`thread`, `cid` and `ref` come back with bad_field, unknown_frame and a missing `t`."""
    ids = {"thread": "th_0_x", "cid": "c-1", "ref": "r-1"}
    for frame in ({"t": "send", "text": 5}, {"t": "send"}, {"t": "shout"}, {}, {"t": 5}):
        assert echo(refused(codec, pack(codec, {**ids, **frame}))) == ids


@both_codecs
def test_echo_gives_back_only_what_is_within_limits(codec: Codec) -> None:
    """What is too long, empty or no string is not echoed, and doesn't keep the others from it."""
    frame = {"t": "send", "thread": "", "cid": 5, "ref": "r-1"}
    assert echo(refused(codec, pack(codec, frame))) == {"ref": "r-1"}
    frame = {"t": "send", "thread": "th", "cid": "c" * 65, "ref": ["r"]}
    assert echo(refused(codec, pack(codec, frame))) == {"thread": "th"}


def test_error_frame_says_the_same() -> None:
    """`ProtocolError.frame()` is the `error` frame with the code, reason, message and echo, and no more."""
    error = refused(MSGPACK, msgpack.packb({"t": "read", "seq": -1, "ref": "r-1"}))
    assert msgpack.unpackb(MSGPACK.encode(error.frame())) == {
        "t": "error",
        "code": 400,
        "reason": "bad_field",
        "message": "`seq` must be an integer from 0 to 2^53−1, not -1.",
        "ref": "r-1",
    }


def test_servers_frames_are_checked_to_the_last_event() -> None:
    """A field deep in a server's frame is named by its path, list index and all."""
    event = {
        "kind": "message",
        "seq": 0,
        "id": "e",
        "at": 1,
        "from": {"type": "contact", "id": "c", "name": "n"},
    }
    replay = {
        "t": "history",
        "thread": "th",
        "more": False,
        "events": [{**event, "seq": 1, "text": "a"}, event],
    }
    assert refused(MSGPACK, msgpack.packb(replay), "server").field == "events[1].seq"
    replay["events"] = [{**event, "kind": "shout"}]
    assert refused(MSGPACK, msgpack.packb(replay), "server").field == "events[0].kind"
    replay["events"] = [{**event, "seq": 1}]
    assert refused(MSGPACK, msgpack.packb(replay), "server").field == "events[0].text"
