"""What every map on the wire has in common, and the way in which one that decoded can still be wrong."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from onethread_protocol.bounds import Ref

PRIVATE = frozenset(
    {
        "app_secret",
        "security_hash",
        "user_hash",
        "token",
        "visitor",
        "clean",
        "text",
        "password",
        "secret",
        "key",
    }
)
"""Fields whose values appear in no error and no log: secrets, and what people write to each other."""


class Misfit(ValueError):
    """A rule over several fields, or over one as a whole, is broken.

    `field` is the path from the map that raised it; `demand` completes the sentence "`field` …" and quotes no
    value. Decoding turns it into `bad_field`; on a map that the server builds it is the server's mistake.
    """

    def __init__(self, field: str, demand: str) -> None:
        super().__init__(f"`{field}` {demand}")
        self.field = field
        self.demand = demand


# gc=False: frames are trees of plain values, so they can't be part of a cycle, and tracking thousands of them
# a second is what makes the collector run.
class Shape(Struct, frozen=True, kw_only=True, gc=False):
    """A map of the wire. A field that is UNSET is left out; None is written as null.

    Its repr, which may get into logs and tracebacks, tells of a PRIVATE field only that it is there.
    """

    def __repr__(self) -> str:
        fields = (f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({', '.join(fields)})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        fields = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return [(name, ... if name in PRIVATE else value) for name, value in fields if value is not UNSET]


class Frame(Shape, frozen=True, kw_only=True, tag_field="t"):
    """A frame; `t` names its type."""


class Referable(Frame, frozen=True, kw_only=True):
    """A frame that carries `ref`: any of a client's, and of the server's those that can answer one."""

    ref: Ref | UnsetType = UNSET
