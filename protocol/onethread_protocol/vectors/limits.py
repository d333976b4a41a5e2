"""Frames at the limits of WIRE.md section 1, which are taken, and just beyond, which are refused."""

from collections.abc import Iterator
from typing import Any

import msgspec

from onethread_protocol.vectors import agent_examples, customer_examples
from onethread_protocol.vectors.derive import Path, Vector, dotted, only, refusal, with_value

EXAMPLES = {"customer": customer_examples.EXAMPLES, "agent": agent_examples.EXAMPLES}
INT = 2**53 - 1

# The long ones once only: every place of the same kind has the same type, which the tests check.
STRINGS: list[tuple[str, str, Path, int]] = [
    ("customer", "send", ("text",), 10_000),
    ("customer", "send", ("cid",), 64),
    ("customer", "send", ("ref",), 64),
    ("customer", "init", ("org",), 64),
    ("customer", "init", ("device", "id"), 64),
    ("customer", "init", ("device", "name"), 255),
    ("customer", "init", ("app_secret",), 255),
    ("customer", "init", ("user", "user_id"), 255),
    ("customer", "init", ("user", "security_hash"), 255),
    ("customer", "init", ("user", "name"), 255),
    ("customer", "init", ("user", "company"), 255),
    ("customer", "init", ("user", "email"), 320),
    ("customer", "init", ("user", "phone"), 64),
    ("customer", "init", ("page", "title"), 255),
    ("customer", "page", ("url",), 2_048),
    ("customer", "auth", ("token",), 8_192),
    ("customer", "track", ("name",), 255),
]
NUMBERS: list[tuple[str, str, Path, int, int]] = [
    ("customer", "init", ("app_id",), -INT, INT),
    ("customer", "init", ("tail",), 0, 200),
    ("customer", "init", ("resume", "seq"), 0, INT),
    ("customer", "read", ("seq",), 0, INT),
    ("customer", "edit", ("target",), 1, INT),
    ("customer", "history", ("before",), 0, INT),
    ("customer", "history", ("limit",), 1, 200),
    ("agent", "open", ("tail",), 0, 200),
    ("agent", "history", ("limit",), 1, 200),
    ("agent", "inbox", ("limit",), 1, 100),
]
CHOICES: list[tuple[str, str, Path, tuple[str, ...]]] = [
    ("customer", "init", ("device", "kind"), ("web", "ios", "android", "other")),
    ("agent", "inbox", ("view",), ("open", "mine", "unassigned", "closed", "all")),
    ("agent", "status", ("status",), ("open", "closed")),
    ("agent", "presence", ("state",), ("online", "away")),
]


def vectors() -> list[Vector]:
    """All of them, accepted and refused."""
    return [*_strings(), *_numbers(), *_choices(), *_custom_data()]


def _put(union: str, name: str, path: Path, value: Any, title: str, *, fits: bool) -> Vector:
    inner = path[:-1] if path[-2:] == ("data", "key") else path
    frame = with_value(only(EXAMPLES[union][name], inner), path, value)
    title = f"{name}, {dotted(path)} {title}"
    if fits:
        return {"name": title, "union": union, "frame": frame}
    return refusal(title, union, frame, "bad_field", dotted(path))


def _strings() -> Iterator[Vector]:
    for union, name, path, longest in STRINGS:
        yield _put(union, name, path, "", "empty", fits=False)
        yield _put(union, name, path, "ß", "of 1 character", fits=True)
        yield _put(union, name, path, "x" * longest, f"of {longest} characters", fits=True)
        yield _put(union, name, path, "x" * (longest + 1), f"of {longest + 1} characters", fits=False)
    yield _put("customer", "send", ("text",), "😀" * 10_000, "of 10000 emoji", fits=True)
    yield _put("customer", "send", ("cid",), "😀" * 64, "of 64 emoji", fits=True)
    yield _put("customer", "send", ("text",), "a\x00b\u2028c", "with control characters", fits=True)


def _numbers() -> Iterator[Vector]:
    for union, name, path, low, high in NUMBERS:
        yield _put(union, name, path, low - 1, f"{low - 1}", fits=False)
        yield _put(union, name, path, low, f"{low}", fits=True)
        yield _put(union, name, path, high, f"{high}", fits=True)
        yield _put(union, name, path, high + 1, f"{high + 1}", fits=False)
        yield _put(union, name, path, low + 0.5, "a fraction", fits=False)


def _choices() -> Iterator[Vector]:
    for union, name, path, values in CHOICES:
        for value in values:
            yield _put(union, name, path, value, f"`{value}`", fits=True)
        yield _put(union, name, path, "Web", "none of the choices", fits=False)


def _custom_data() -> Iterator[Vector]:
    user, track = ("user", "custom_data"), ("data",)
    for union, name, path in (
        ("customer", "init", user),
        ("customer", "profile", user),
        ("agent", "profile", user),
        ("customer", "track", track),
    ):
        yield _put(union, name, path, {}, "empty", fits=True)
        yield _put(union, name, path, _keys(100), "of 100 keys", fits=True)
        yield _put(union, name, path, _keys(101), "of 101 keys", fits=False)
    cleared = {**_keys(100), **{f"old{number}": None for number in range(20)}}
    yield _put("customer", "profile", user, cleared, "of 100 keys and 20 cleared", fits=True)
    yield _put("customer", "track", track, cleared, "of 120 keys, 20 of them null", fits=False)
    yield _put("customer", "track", track, _sized(32 * 1024), "of 32 KiB", fits=True)
    yield _put("customer", "track", track, _sized(32 * 1024 + 1), "of 32 KiB and a byte", fits=False)
    yield _put("customer", "track", track, {"k" * 64: 1}, "with a key of 64 characters", fits=True)
    yield _put("customer", "track", track, {"k" * 65: 1}, "with a key of 65 characters", fits=False)
    yield _put("customer", "track", track, {"": 1}, "with an empty key", fits=False)
    yield from _custom_values((*track, "key"))


def _custom_values(path: Path) -> Iterator[Vector]:
    taken: dict[str, Any] = {
        "empty": "",
        "of 1000 characters": "ä" * 1_000,
        "null": None,
        "true": True,
        "1e308": 1e308,
    }
    for title, value in {**taken, "the largest integer": INT, "the smallest integer": -INT}.items():
        yield _put("customer", "track", path, value, title, fits=True)
    refused = {"of 1001 characters": "ä" * 1_001, "a list": [], "a map": {}, "2^53": INT + 1}
    for title, value in refused.items():
        yield _put("customer", "track", path, value, title, fits=False)


def _keys(count: int) -> dict[str, int]:
    return {f"key{number}": number for number in range(count)}


def _sized(size: int) -> dict[str, str]:
    data = {f"k{number:02}": "x" * 1_000 for number in range(32)}
    return {**data, "rest": "x" * (size - len(msgspec.msgpack.encode({**data, "rest": "x" * 300})) + 300)}
