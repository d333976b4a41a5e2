"""`python -m onethread_protocol.schema` writes protocol/schema.json: the frames as JSON Schema 2020-12."""

import json
from pathlib import Path
from typing import Any

import click
import msgspec

from onethread_protocol.bounds import CUSTOM_DATA_KEYS
from onethread_protocol.frames import AgentFrame, CustomerFrame, ServerFrame
from onethread_protocol.inbox import OF_A_LISTED_ROW
from onethread_protocol.server import OF_A_THREAD

FILE = Path(__file__).parents[1] / "schema.json"
UNIONS = {"customer": CustomerFrame, "agent": AgentFrame, "server": ServerFrame}


def schema() -> dict[str, Any]:
    """All frames. `$defs` has `customer`, `agent` and `server`, each one of its frames by `t`.

    Lengths are code points, as JSON Schema counts them. What a schema can't say of custom_data: it is at most
    32 KiB encoded, null in it counts as no key, and what is beyond ±(2^53−1) must be written as a float.
    """
    unions, parts = msgspec.json.schema_components(UNIONS.values(), ref_template="#/$defs/{name}")
    defs = {_short(name): part for name, part in parts.items()}
    for name, rule in _rules().items():
        defs[name].update(rule)
    defs["customer.Track"]["properties"]["data"]["maxProperties"] = CUSTOM_DATA_KEYS
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The frames of the Onethread wire",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in UNIONS],
        "$defs": {**dict(zip(UNIONS, unions, strict=True)), **defs},
    }
    renamed: dict[str, Any] = json.loads(_short(json.dumps(whole)))
    return renamed


def text() -> str:
    """The file's text."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def _short(name: str) -> str:
    return name.replace("onethread_protocol.", "")


def _rules() -> dict[str, dict[str, Any]]:
    """What the structs' `__post_init__` hold to."""
    said = _either({"properties": {"deleted": {"const": True}}, "required": ["deleted"]}, [], ["text"])
    return {
        "Message": said,
        "events.Note": said,
        "Ready": _either({"properties": {"role": {"const": "agent"}}}, ["agent"], OF_A_THREAD),
        "Row": _either({"properties": {"gone": {"const": True}}, "required": ["gone"]}, [], OF_A_LISTED_ROW),
        "server.Presence": {
            "oneOf": [{"required": [name]} for name in ("thread", "agents_online", "agents")],
            "dependentRequired": {"thread": ["devices"], "devices": ["thread"]},
        },
    }


def _either(
    condition: dict[str, Any], then: list[str], otherwise: list[str] | tuple[str, ...]
) -> dict[str, Any]:
    """With the condition the fields `then` and none of `otherwise`; without it the reverse."""
    return {
        "if": condition,
        "then": {"required": then, **_none_of(otherwise)},
        "else": {"required": list(otherwise), **_none_of(then)},
    }


def _none_of(names: list[str] | tuple[str, ...]) -> dict[str, Any]:
    return {"not": {"anyOf": [{"required": [name]} for name in names]}} if names else {}


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    click.echo(f"wrote {FILE.name}")
