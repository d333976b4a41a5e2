"""What follows from the whole examples: frames with a field left out, and refused ones.

An example's keys are written as in WIRE.md: `"name?"` is a field that may be left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Path = tuple[str | int, ...]
Vector = dict[str, Any]
Examples = Mapping[str, dict[str, Any]]

OPEN_MAPS = frozenset({"custom_data", "data", "values"})
"""Maps whose keys are not fields."""
NULLABLE = frozenset({"agent", "user.name", "user.email", "user.phone", "user.company"})
"""Fields of clients' frames (the user's: of `profile`) in which null has a meaning."""
ECHOED = ("thread", "cid", "ref")


def whole(example: Any) -> Any:
    """The example as it goes over the wire, every optional field in it."""
    if isinstance(example, dict):
        return {key.removesuffix("?"): whole(value) for key, value in example.items()}
    return [whole(item) for item in example] if isinstance(example, list) else example


def bare(example: Any) -> Any:
    """The example with no optional field."""
    if isinstance(example, dict):
        return {key: bare(value) for key, value in example.items() if not key.endswith("?")}
    return [bare(item) for item in example] if isinstance(example, list) else example


def only(example: Any, path: Path) -> Any:
    """The example with no optional field but the one at `path`, and those that it is inside of."""
    if not path:
        return bare(example)
    step, rest = path[0], path[1:]
    if isinstance(example, list):
        return [only(item, rest) if index == step else bare(item) for index, item in enumerate(example)]
    kept = {key: key.removesuffix("?") for key in example if key.removesuffix("?") == step or key[-1] != "?"}
    return {
        name: only(example[key], rest) if name == step else bare(example[key]) for key, name in kept.items()
    }


def dotted(path: Path) -> str:
    """The path as errors write it: `user.email`, `devices[0].name`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def fields(example: Any, path: Path = ()) -> Iterator[tuple[Path, bool, Any]]:
    """Every field of an example, inner ones too: its path, whether it is optional, its value."""
    if isinstance(example, list):
        for index, item in enumerate(example):
            yield from fields(item, (*path, index))
    elif isinstance(example, dict):
        for key, value in example.items():
            name = key.removesuffix("?")
            yield (*path, name), key.endswith("?"), value
            if name not in OPEN_MAPS:
                yield from fields(value, (*path, name))


def without(frame: Any, path: Path) -> Any:
    """The frame with the field at `path` left out."""
    step, *rest = path
    if rest:
        return with_value(frame, (step,), without(frame[step], tuple(rest)))
    return {key: value for key, value in frame.items() if key != step}


def with_value(frame: Any, path: Path, value: Any) -> Any:
    """The frame with `value` at `path`, at the end of its map if the field is new."""
    step, *rest = path
    inner = with_value(frame[step], tuple(rest), value) if rest else value
    if isinstance(frame, list):
        return [inner if index == step else item for index, item in enumerate(frame)]
    return {**frame, step: inner}


def accepted(union: str, examples: Examples) -> list[Vector]:
    """Each example whole, bare, with each optional field alone, and with a field that nobody knows."""
    vectors: list[Vector] = []
    for name, example in examples.items():
        least = bare(example)
        vectors.append({"name": name, "union": union, "frame": whole(example)})
        vectors.append({"name": f"{name}, bare", "union": union, "frame": least})
        unknown = {**least, "x_new": {"any": [1, None, "ü"]}}
        vectors.append(
            {"name": f"{name}, unknown field", "union": union, "frame": unknown, "reads_as": least}
        )
        for path, optional, _ in fields(example):
            if optional:
                frame = only(example, path)
                vectors.append({"name": f"{name}, with {dotted(path)}", "union": union, "frame": frame})
    return vectors


def refused(union: str, examples: Examples) -> list[Vector]:
    """Each example without each required field, and with each field null or of a wrong type."""
    vectors = []
    for name, example in examples.items():
        echoed = {key: value for key, value in whole(example).items() if key in ECHOED}
        for path, optional, value in fields(example):
            if path == ("t",):
                continue
            where = dotted(path)
            frame = {**only(example, path), **echoed}
            if not optional:
                left = without(frame, path)
                vectors.append(refusal(f"{name}, without {where}", union, left, "bad_field", where))
            for wrong, title in _wrong(name, where, value):
                title = f"{name}, {where} {title}"
                vectors.append(refusal(title, union, with_value(frame, path, wrong), "bad_field", where))
    return vectors


def refusal(name: str, union: str, frame: Any, reason: str, field: str | None) -> Vector:
    """The vector of a frame that is refused; `echo` is what of the frame the error must give back."""
    vector: Vector = {"name": name, "union": union, "frame": frame, "reason": reason}
    if field is not None:
        vector["field"] = field
    given = {key: frame.get(key) for key in ECHOED} if isinstance(frame, dict) else {}
    echo = {key: value for key, value in given.items() if isinstance(value, str) and 1 <= len(value) <= 64}
    return {**vector, "echo": echo}


def _wrong(name: str, where: str, value: Any) -> Iterable[tuple[Any, str]]:
    if not (where in NULLABLE and name in ("profile", "assign")):
        yield None, "null"
    match value:
        case bool():
            yield 1, "a number"
        case int():
            yield True, "a boolean"
            yield str(value), "a string"
        case str() | None:
            yield 12345, "a number"
        case dict():
            yield "x", "a string"
            yield [], "a list"
