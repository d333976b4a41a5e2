"""WIRE.md section 1 for every field of a customer's frames: outside its limits it is 400, never cut."""

import copy
from typing import Any

import pytest

from tests.integration.acme import MakeAcme
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.wire import Frame

BEYOND = 2**53
SECRET = {"app_secret", "security_hash", "user_hash", "token", "visitor", "clean", "text"}
"""Fields whose values no message quotes."""
INTEGER, MAP = [True, 1.5, "1", None], ["x", 5, None, []]


def string(longest: int) -> list[object]:
    """Values that no string of 1 to `longest` characters may have."""
    return ["", "hush-" + "ü" * (longest - 4), 12345, True, None, ["hush-"]]


def without_null(values: list[object]) -> list[object]:
    """The same where null clears the field."""
    return [value for value in values if value is not None]


DATA: list[object] = ["x", 5, None, ["x"], {f"k{i}": i for i in range(101)}, {"k" * 65: 1}, {"": 1}]
SCALAR: list[object] = ["v" * 1_001, [1], {"k": 1}, BEYOND, -BEYOND]
IN_THREAD: dict[str, list[object]] = {"ref": string(64), "thread": string(64)}
PERSON = {"name": string(255), "email": string(320), "phone": string(64), "company": string(255)}
TARGET: dict[str, list[object]] = {
    **IN_THREAD,
    "cid": string(64),
    "target": [0, -1, BEYOND, *INTEGER],
    "target_id": string(64),
}

INIT: dict[str, list[object]] = {
    "ref": string(64),
    "org": string(64),
    "app_id": [BEYOND, -BEYOND, *INTEGER],
    "app_secret": string(255),
    "device": [*MAP],
    "device.id": string(64),
    "device.kind": ["", "tv", 5, None],
    "device.name": string(255),
    "user": [*MAP],
    "user.user_id": string(255),
    **{f"user.{name}": values for name, values in PERSON.items()},
    "user.security_hash": string(255),
    "user.user_hash": string(255),
    "user.custom_data": DATA,
    "user.custom_data.plan": SCALAR,
    "token": string(8_192),
    "visitor": string(8_192),
    "clean": string(8_192),
    "resume": [*MAP],
    "resume.epoch": string(64),
    "resume.seq": [-1, BEYOND, *INTEGER],
    "resume.id": string(64),
    "tail": [-1, 201, *INTEGER],
    "page": [*MAP],
    "page.url": string(2_048),
    "page.title": string(255),
}
FIELDS: dict[str, tuple[Frame, dict[str, list[object]]]] = {
    "init": (
        {"resume": {"epoch": "e", "seq": 0}, "page": {"url": "/", "title": "x"}, "user": {"name": "x"}},
        INIT,
    ),
    "prechat": ({"name": "x", "email": "x"}, {**IN_THREAD, **PERSON}),
    "send": ({"cid": "c", "text": "hush"}, {**IN_THREAD, "cid": string(64), "text": string(10_000)}),
    "edit": (
        {"cid": "c", "target": 1, "target_id": "i", "text": "hush"},
        {**TARGET, "text": string(10_000)},
    ),
    "delete": ({"cid": "c", "target": 1, "target_id": "i"}, TARGET),
    "typing": ({"on": True}, {**IN_THREAD, "on": [0, 1, "", "true", None]}),
    "read": ({"seq": 1}, {**IN_THREAD, "seq": [-1, BEYOND, *INTEGER]}),
    "history": (
        {"before": 9, "limit": 9},
        {**IN_THREAD, "before": [-1, BEYOND, *INTEGER], "limit": [0, 201, *INTEGER]},
    ),
    "profile": (
        {"user": {"name": "x"}},
        {
            **IN_THREAD,
            "user": [*MAP],
            **{f"user.{name}": without_null(values) for name, values in PERSON.items()},
            "user.custom_data": DATA,
            "user.custom_data.plan": SCALAR,
        },
    ),
    "page": ({"url": "/"}, {**IN_THREAD, "url": string(2_048), "title": string(255)}),
    "track": ({"name": "x"}, {**IN_THREAD, "name": string(255), "data": DATA, "data.plan": SCALAR}),
    "auth": ({"token": "x"}, {**IN_THREAD, "token": string(8_192)}),
    "logout": ({}, IN_THREAD),
    "ping": ({}, IN_THREAD),
}


def put(frame: Frame, path: str, value: object) -> Frame:
    """Return the frame with this value at the path."""
    frame = inner = copy.deepcopy(frame)
    *maps, last = path.split(".")
    for name in maps:
        inner = inner.setdefault(name, {})
    inner[last] = value
    return frame


def quotation(value: Any) -> str:
    """Return what a message says of a value that is no secret."""
    match value:
        case str() if len(value) > 64:
            return f'"{value[:63]}…"'
        case str():
            return f'"{value}"'
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case int() | float():
            return str(value)
        case dict() if len(value) == 1 and (key := next(iter(value))) != "k":
            return quotation(key)
    return ""  # of a list or map it says what it is


@pytest.mark.parametrize("codec", ["json", "msgpack"])
@pytest.mark.parametrize(
    ("kind", "path"), [(kind, path) for kind, (_, fields) in FIELDS.items() for path in fields]
)
async def test_a_field_outside_its_limits_is_400(acme: MakeAcme, kind: str, path: str, codec: str) -> None:
    """Empty, too long or of another type: named and quoted, or kept secret; nothing is stored, it goes on."""
    org, (fields, bad) = await acme(), FIELDS[kind]
    good = {"t": kind, "ref": "r", **fields}
    customer = await org.dial(codec=codec)
    if kind == "init":
        good |= {**org.credentials, "device": {"id": "d", "kind": "web"}}
    else:
        await customer.init(credentials=org.credentials)
    for value in bad[path]:
        await customer.send(put(good, path, value))
        error = await customer.next("error")
        assert (error["code"], error["reason"]) == (400, "bad_field"), value
        assert f"`{path}`" in error["message"]
        assert len(error["message"]) < 300
        assert error.get("ref") == (None if path == "ref" else "r")
        if path.rpartition(".")[2] in SECRET:
            assert not any(secret in error["message"] for secret in ("hush", "ü", "12345"))
        else:
            assert quotation(value) in error["message"]
    if kind == "init":
        await customer.send(good)
        assert (await customer.next("ready"))["role"] == "visitor"
    assert (await customer.ask({"t": "ping"}, "pong"))["t"] == "pong"
    assert await org.keys() == set()
