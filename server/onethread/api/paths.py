"""Which operation a request is for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import unquote

from onethread.api.operation import Operation

PARAMETERS: Final = ("{", "}")


class Match(NamedTuple):
    """A path's operations by method, and the values of its parameters."""

    operations: Mapping[str, Operation]
    parameters: Mapping[str, str]

    @property
    def allow(self) -> str:
        """The methods there are, for the header `Allow`."""
        methods = {*self.operations, "OPTIONS", *(["HEAD"] if "GET" in self.operations else [])}
        return ", ".join(sorted(methods))


class Paths:
    """The table by path; a path that is spelled out counts before one with a parameter in that place."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in operations:
            methods = by_path.setdefault(operation.path, {})
            if operation.method in methods:
                raise ValueError(f"{operation.method} {operation.path} is there twice")
            methods[operation.method] = operation
        self._paths = [(path.split("/"), methods) for path, methods in by_path.items()]
        self._paths.sort(key=lambda found: [_is_parameter(part) for part in found[0]])

    def match(self, raw: bytes) -> Match | None:
        """Return what there is at this path, as the request line has it; None: nothing."""
        parts = raw.decode("ascii", "replace").split("/")
        for template, operations in self._paths:
            if len(template) != len(parts):
                continue
            pairs = list(zip(template, parts, strict=True))
            if all(part == wanted or (_is_parameter(wanted) and part) for wanted, part in pairs):
                found = {name[1:-1]: unquote(part) for name, part in pairs if _is_parameter(name)}
                return Match(operations, found)
        return None


def _is_parameter(part: str) -> bool:
    return part.startswith(PARAMETERS[0]) and part.endswith(PARAMETERS[1])
