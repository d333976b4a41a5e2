"""Payloads that no map can stand for: equal keys, values that are not the wire's, what is no frame at all.

`json` is the text, `msgpack` the bytes in hex; either may be missing.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from onethread_protocol.vectors.derive import Vector, refusal

BIN = bytes.fromhex("c403010203")
EXT = bytes.fromhex("d5070102")
TIMESTAMP = bytes.fromhex("d6ff5a4af6a5")
NAN = bytes.fromhex("cb7ff8000000000000")
INFINITY = bytes.fromhex("cb7ff0000000000000")
TWO_53 = bytes.fromhex("cf0020000000000000")
LARGEST_64 = bytes.fromhex("cfffffffffffffffff")
SURROGATE = bytes.fromhex("a3eda080")
DEEP = 2_000

SEND = {"t": "send", "cid": "c-1", "ref": "s1", "text": "hi"}


class Text(str):
    """JSON text to be put in as it is."""

    __slots__ = ()


Pairs = list[tuple[Any, Any]]


def packed(*pairs: tuple[Any, Any]) -> bytes:
    """A MessagePack map of these keys and values in this order; bytes go in as they are, lists are pairs."""
    parts = [bytes([0x80 + len(pairs)])]
    for side in (side for pair in pairs for side in pair):
        inner = packed(*side) if isinstance(side, list) else msgspec.msgpack.encode(side)
        parts.append(side if isinstance(side, bytes) else inner)
    return b"".join(parts)


def written(*pairs: tuple[Any, Any]) -> str:
    """A JSON object of these keys and values in this order; Text goes in as it is, lists are pairs."""

    def value(side: Any) -> str:
        if isinstance(side, Text):
            return str(side)
        return written(*side) if isinstance(side, list) else json.dumps(side, ensure_ascii=False)

    return "{" + ",".join(f"{value(key)}:{value(item)}" for key, item in pairs) + "}"


def vectors() -> list[Vector]:
    """All of them, accepted and refused."""
    return [
        *_equal_keys(),
        *_foreign_values(),
        *_unread(),
        *_numbers(),
        *_surrogates(),
        *_no_frames(),
        *_types(),
    ]


def _both(name: str, pairs: Pairs, **outcome: Any) -> Vector:
    return _vector(name, text=written(*pairs), data=packed(*pairs), **outcome)


def _vector(name: str, *, text: str | None = None, data: bytes | None = None, **outcome: Any) -> Vector:
    vector: Vector = {"name": name, "union": outcome.pop("union", "customer")}
    if text is not None:
        vector["json"] = text
    if data is not None:
        vector["msgpack"] = data.hex()
    if "reason" in outcome:
        outcome.setdefault("echo", {})
    return {**vector, **outcome}


def _bad(field: str, echo: dict[str, str] | None = None) -> dict[str, Any]:
    return {"reason": "bad_field", "field": field, "echo": echo or {}}


def _equal_keys() -> Iterator[Vector]:
    head: Pairs = [("t", "send"), ("cid", "c-1")]
    first = {"t": "send", "cid": "c-1", "text": "second"}
    yield _both("equal keys, the last counts", [*head, ("text", "first"), ("text", "second")], reads_as=first)
    yield _both("equal keys, the first invalid", [*head, ("text", 5), ("text", "second")], reads_as=first)
    yield _both(
        "equal keys, the last invalid", [*head, ("text", "a"), ("text", 5)], **_bad("text", {"cid": "c-1"})
    )
    yield _both("equal `t`, the last counts", [("t", "send"), ("t", "ping")], reads_as={"t": "ping"})
    yield _both("equal `t`, the first a number", [("t", 5), ("t", "ping")], reads_as={"t": "ping"})
    device: Pairs = [("id", 5), ("kind", "web"), ("id", "d-1")]
    inner: Pairs = [("t", "init"), ("org", "o"), ("app_id", 1), ("app_secret", "s"), ("device", device)]
    known = {"org": "o", "app_id": 1, "app_secret": "s", "device": {"kind": "web", "id": "d-1"}}
    yield _both("equal keys in an inner map", inner, reads_as={"t": "init", **known})
    data: Pairs = [("a", [("b", 1)]), ("a", 2)]
    track: Pairs = [("t", "track"), ("name", "n"), ("data", data)]
    read = {"t": "track", "name": "n", "data": {"a": 2}}
    yield _both("equal keys of custom data, the first invalid", track, reads_as=read)


def _foreign_values() -> Iterator[Vector]:
    echo = {"cid": "c-1"}
    for name, value in {"bin": BIN, "ext": EXT, "a timestamp": TIMESTAMP}.items():
        data = packed(("t", "send"), ("cid", "c-1"), ("text", value))
        yield _vector(f"send, text {name}", data=data, **_bad("text", echo))
        data = packed(("t", "track"), ("name", "n"), ("data", [("a", value)]))
        yield _vector(f"track, data.a {name}", data=data, **_bad("data.a"))
    for name, value in {"NaN": NAN, "infinity": INFINITY}.items():
        data = packed(("t", "track"), ("name", "n"), ("data", [("a", value)]))
        yield _vector(f"track, data.a {name}", data=data, **_bad("data.a"))
    literal = written(("t", "track"), ("name", "n"), ("data", [("a", Text("NaN"))]))
    yield _vector("the literal NaN is no JSON", text=literal, reason="bad_frame")
    data = packed(("t", "track"), ("name", "n"), ("data", [(1, 1)]))
    yield _vector("track, data with a key that is no string", data=data, **_bad("data"))
    data = packed(("t", "ping"), (1, 1))
    yield _vector("a frame with a key that is no string", data=data, reason="bad_frame")


def _unread() -> Iterator[Vector]:
    """Unknown fields, outside and inside, hold what known ones may not."""
    strange: Pairs = [(1, NAN), (BIN, EXT), ("big", LARGEST_64), ("when", TIMESTAMP), ("half", SURROGATE)]
    data = packed(("t", "ping"), ("x_new", strange))
    yield _vector("unknown field of foreign values", data=data, reads_as={"t": "ping"})
    data = packed(("t", "profile"), ("user", [("name", "n"), ("x_new", strange)]))
    yield _vector("unknown inner field", data=data, reads_as={"t": "profile", "user": {"name": "n"}})
    text = written(("t", "ping"), ("x_new", Text('[1e999, 123456789012345678901234567890, "\\ud800", -0]')))
    yield _vector("unknown field of foreign values in JSON", text=text, reads_as={"t": "ping"})
    text = written(("t", "profile"), ("user", [("name", "n"), ("x_new", Text('"\\ud800"'))]))
    yield _vector("unknown inner field in JSON", text=text, reads_as={"t": "profile", "user": {"name": "n"}})


def _numbers() -> Iterator[Vector]:
    for name, value in {"2^53": TWO_53, "2^64-1": LARGEST_64}.items():
        yield _vector(f"read, seq {name}", data=packed(("t", "read"), ("seq", value)), **_bad("seq"))
    for name, literal in {
        "1e999": "1e999",
        "of 5000 digits": "9" * 5_000,
        "1.0": "1.0",
        "1e2": "1e2",
    }.items():
        text = written(("t", "read"), ("seq", Text(literal)))
        yield _vector(f"read, seq {name}", text=text, **_bad("seq"))
    data = packed(("t", "read"), ("seq", 1.0))
    yield _vector("read, seq a float", data=data, **_bad("seq"))
    text = written(("t", "track"), ("name", "n"), ("data", [("a", Text("-1e999"))]))
    yield _vector("track, data.a -1e999", text=text, **_bad("data.a"))


def _surrogates() -> Iterator[Vector]:
    for name, escape in {"high": "\\ud800", "low": "\\udc00 tail", "reversed": "\\ude00\\ud83d"}.items():
        text = written(("t", "send"), ("cid", "c-1"), ("text", Text(f'"{escape}"')))
        yield _vector(f"send, text with a lone surrogate, {name}", text=text, **_bad("text", {"cid": "c-1"}))
    text = written(("t", "send"), ("cid", Text('"\\ud800"')), ("text", "hi"), ("ref", "s1"))
    yield _vector("send, cid with a lone surrogate", text=text, **_bad("cid", {"ref": "s1"}))
    text = written(("t", "track"), ("name", "n"), ("data", [(Text('"\\ud800"'), 1)]))
    yield _vector("track, data with a lone surrogate in a key", text=text, **_bad("data"))
    text = written(("t", "send"), ("cid", "c-1"), ("text", Text('"\\ud83d\\ude00\\u0000\\/"')))
    yield _vector("send, text in escapes", text=text, reads_as={"t": "send", "cid": "c-1", "text": "😀\x00/"})
    data = packed(("t", "send"), ("cid", "c-1"), ("text", SURROGATE))
    yield _vector("send, text in bad UTF-8", data=data, reason="bad_frame", echo={"cid": "c-1"})


def _no_frames() -> Iterator[Vector]:
    whole, text = packed(*SEND.items()), written(*SEND.items())
    yield _vector("nothing", text="", data=b"", reason="bad_frame")
    yield _vector("half a frame", text=text[:-5], data=whole[:-1], reason="bad_frame")
    yield _vector("a frame and more", text=text + " {}", data=whole + b"\x80", reason="bad_frame")
    for name, value in {"list": [SEND], "string": "send", "number": 5, "null": None}.items():
        data = msgspec.msgpack.encode(value)
        yield _vector(f"a {name}", text=json.dumps(value), data=data, reason="bad_frame")
    yield _vector("a byte order mark", text="\ufeff" + text, reason="bad_frame")
    yield _vector("a byte that MessagePack never uses", data=b"\xc1", reason="bad_frame")
    bomb = b"\x82\xa1t\xa4ping\xa1x" + b"\x91" * DEEP + b"\xc0"
    text = '{"t":"ping","x":' + "[" * DEEP + "]" * DEEP + "}"
    yield _vector("a nesting bomb", text=text, data=bomb, reason="bad_frame")
    yield _vector(
        "a list that claims four thousand million items", data=b"\xdd" + b"\xff" * 4, reason="bad_frame"
    )


def _types() -> Iterator[Vector]:
    yield _both("no `t`", [("cid", "c-1")], reason="bad_frame", field="t", echo={"cid": "c-1"})
    strange: dict[str, Any] = {"null": None, "a number": 5, "a list": []}
    for name, value in strange.items():
        pairs: Pairs = [("t", Text("[]") if value == [] else value), ("ref", "r")]
        data = packed(("t", b"\x90" if value == [] else value), ("ref", "r"))
        outcome = {"reason": "bad_frame", "field": "t", "echo": {"ref": "r"}}
        yield _vector(f"`t` {name}", text=written(*pairs), data=data, **outcome)
    for union, name in (
        ("customer", "inbox"),
        ("customer", "ready"),
        ("agent", "prechat"),
        ("agent", "auth"),
    ):
        frame = {"t": name, "ref": "r", "cid": "c-1", "thread": "th_0_x"}
        yield refusal(f"{name} in {union}'s place", union, frame, "unknown_frame", "t")
    yield refusal("an unknown `t`", "customer", {"t": "shout", "ref": "r"}, "unknown_frame", "t")
    yield refusal("`t` in capitals", "customer", {"t": "Send", "cid": "c-1"}, "unknown_frame", "t")
    yield refusal("a `t` of 300 characters", "customer", {"t": "x" * 300}, "unknown_frame", "t")
    yield refusal("an empty `t`", "customer", {"t": ""}, "unknown_frame", "t")
    yield refusal("a send too early", "first", {"t": "send", "ref": "r"}, "unknown_frame", "t")
