"""Reads a frame, or the body of a request, field by field, when the one typed decode has failed.

So it can say which field is at fault and how, and accept the few frames that only the typed decode can't
take: a key given twice, the first time wrongly; a lone surrogate in an unknown field.

The bounds are not written again here: each leaf is read by msgspec with the type that its struct declares.
"""

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec import Struct, UnsetType

from onethread_protocol.bounds import Cid, Id, Ref
from onethread_protocol.codes import ERRORS
from onethread_protocol.errors import ProtocolError
from onethread_protocol.nodes import UNREADABLE, JsonNodes, Nodes
from onethread_protocol.shape import PRIVATE, Misfit
from onethread_protocol.wording import demanded, given, shown

FrameT = TypeVar("FrameT", bound=Struct)
ECHOED = {"thread": Id, "cid": Cid, "ref": Ref}


class Fault(Exception):
    """The field at the path `field` is refused: `sentence` says why."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        self.sentence = sentence


def read(payload: bytes, kinds: Mapping[str, type[FrameT]], nodes: Nodes, encoding: str) -> FrameT:
    """The frame in `payload`, one of `kinds` by its `t`, or ProtocolError and nothing else."""
    held: dict[str, Any] | None = None
    try:
        node = nodes.root(payload)
        held = nodes.entries(node)
        if held is None:
            found = given(nodes.peek(node), quoted=False)
            raise _refusal("bad_frame", f"A frame must be a map with string keys, not {found}.")
        cls = _kind(held, kinds, nodes)
        return _Reading(nodes).struct(held, cls, "")
    except Fault as fault:
        raise _refusal("bad_field", fault.sentence, fault.field, _echo(held, nodes)) from None
    except UNREADABLE:
        message = f"The frame is not readable as {encoding}."
        raise _refusal("bad_frame", message, None, _echo(held, nodes)) from None


def read_claims(payload: bytes, cls: type[FrameT]) -> FrameT | None:
    """The claims of a token, JSON that somebody else's library wrote; None if it is no map at all.

    ProtocolError 400 `bad_field` names a claim as `token.sub`, and quotes nothing: the token is private.
    """
    try:
        return msgspec.json.decode(payload, type=cls)
    except UNREADABLE:
        nodes = JsonNodes()
    try:
        held = nodes.entries(nodes.root(payload))
        return None if held is None else _Reading(nodes).struct(held, cls, "token")
    except Fault as fault:
        raise _refusal("bad_field", fault.sentence, fault.field) from None
    except UNREADABLE:
        return None


def read_body(payload: bytes, cls: type[FrameT], nodes: Nodes, encoding: str) -> FrameT:
    """The map of this type in `payload`, or ProtocolError and nothing else.

    Unknown fields are skipped, unless the type forbids them: then they are `bad_field`.
    """
    try:
        node = nodes.root(payload)
        held = nodes.entries(node)
        if held is None:
            found = given(nodes.peek(node), quoted=False)
            raise _refusal("bad_frame", f"The body must be a map with string keys, not {found}.")
        return read_fields(held, cls, nodes)
    except UNREADABLE:
        raise _refusal("bad_frame", f"The body is not readable as {encoding}.") from None


def read_fields(held: Mapping[str, Any], cls: type[FrameT], nodes: Nodes) -> FrameT:
    """The map of this type whose fields are these nodes by name, or ProtocolError `bad_field`."""
    try:
        return _Reading(nodes).struct(held, cls, "")
    except Fault as fault:
        raise _refusal("bad_field", fault.sentence, fault.field) from None


def _kind(held: Mapping[str, Any], kinds: Mapping[str, type[FrameT]], nodes: Nodes) -> type[FrameT]:
    if "t" not in held:
        raise _refusal("bad_frame", "`t`, the frame's type, is missing.", "t", _echo(held, nodes))
    name = nodes.peek(held["t"])
    if not isinstance(name, str):
        message = f"`t`, the frame's type, must be a string, not {given(name, quoted=True)}."
        raise _refusal("bad_frame", message, "t", _echo(held, nodes))
    if name not in kinds:
        raise _refusal(
            "unknown_frame", f'"{shown(name)}" is no frame that is taken here.', "t", _echo(held, nodes)
        )
    return kinds[name]


def _echo(held: Mapping[str, Any] | None, nodes: Nodes) -> dict[str, str]:
    echo = {}
    for name, hint in ECHOED.items():
        if held is not None and name in held:
            try:
                echo[name] = nodes.value(held[name], hint)
            except UNREADABLE:
                continue
    return echo


def _refusal(
    reason: str, message: str, field: str | None = None, echo: Mapping[str, str] | None = None
) -> ProtocolError:
    return ProtocolError(ERRORS[reason].code, reason, message, field=field, **(echo or {}))


class _Reading:
    """Typed values from nodes; raises Fault at the first that doesn't fit."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes

    def struct(self, held: Mapping[str, Any], cls: type[FrameT], path: str) -> FrameT:
        values = {}
        if cls.__struct_config__.forbid_unknown_fields:
            self.refuse_unknown(held, cls, path)
        for field in _fields(cls):
            where = _join(path, field.encode_name)
            if field.encode_name in held:
                values[field.name] = self.value(held[field.encode_name], field.type, where)
            elif field.required:
                raise Fault(where, f"`{where}` is missing.")
        try:
            return cls(**values)
        except Misfit as misfit:
            where = _join(path, misfit.field)
            raise Fault(where, f"`{where}` {misfit.demand}.") from None

    def refuse_unknown(self, held: Mapping[str, Any], cls: type[Struct], path: str) -> None:
        known = cls.__struct_encode_fields__
        for name in held:
            if name not in known:
                where = _join(path, shown(name))
                taken = ", ".join(f"`{each}`" for each in known) or "no field"
                raise Fault(where, f"`{where}` is unknown; taken: {taken}.")

    def value(self, node: Any, hint: Any, path: str) -> Any:
        members = _members(hint)
        structs = {_tag(member): member for member in members if _is_struct(member)}
        if structs and (held := self.nodes.entries(node)) is not None:
            return self.struct(held, self.tagged(held, structs, path), path)
        for member in members:
            if get_origin(member) is dict and (held := self.nodes.entries(node)) is not None:
                return self.mapping(held, member, path)
            if get_origin(member) is list and (items := self.nodes.items(node)) is not None:
                (item,) = get_args(member)
                return [self.value(each, item, f"{path}[{index}]") for index, each in enumerate(items)]
        return self.leaf(node, Union[tuple(members)], path)  # noqa: UP007 - made at run time

    def tagged(
        self, held: Mapping[str, Any], structs: Mapping[str | None, type[Struct]], path: str
    ) -> type[Struct]:
        if None in structs:
            return structs[None]
        tag_field = next(iter(structs.values())).__struct_config__.tag_field or ""
        where = _join(path, tag_field)
        if tag_field not in held:
            raise Fault(where, f"`{where}` is missing.")
        tag = self.nodes.peek(held[tag_field])
        if not isinstance(tag, str) or tag not in structs:
            known = ", ".join(f'"{name}"' for name in structs)
            raise Fault(where, f"`{where}` must be one of {known}, not {given(tag, quoted=True)}.")
        return structs[tag]

    def mapping(self, held: Mapping[str, Any], hint: Any, path: str) -> dict[str, Any]:
        key_hint, value_hint = get_args(hint)
        values = {}
        for key, node in held.items():
            try:
                msgspec.convert(key, key_hint)
                key.encode()
            except UNREADABLE:
                found = given(key, quoted=not _is_private(path))
                raise Fault(path, f"A key of `{path}` must be {demanded(key_hint)}, not {found}.") from None
            values[key] = self.value(node, value_hint, _join(path, shown(key)))
        return values

    def leaf(self, node: Any, hint: Any, path: str) -> Any:
        try:
            return self.nodes.value(node, hint)
        except msgspec.ValidationError:
            found = given(self.nodes.peek(node), quoted=not _is_private(path))
            raise Fault(path, f"`{path}` must be {demanded(hint)}, not {found}.") from None


@cache
def _fields(cls: type[Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    # Annotations are evaluated anew each time; every query of a request is read here.
    return msgspec.structs.fields(cls)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_private(path: str) -> bool:
    return not PRIVATE.isdisjoint(path.split("."))


def _members(hint: Any) -> list[Any]:
    """The types that a field takes: of a union its members, without the one that means "left out"."""
    if get_origin(hint) in (Union, UnionType):
        return [member for member in get_args(hint) if member is not UnsetType]
    return [hint]


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _tag(cls: type[Struct]) -> str | None:
    tag = cls.__struct_config__.tag
    return tag if isinstance(tag, str) else None
