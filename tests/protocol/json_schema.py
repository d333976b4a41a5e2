"""A validator for the part of JSON Schema 2020-12 that protocol/schema.json uses; others are errors."""

from collections.abc import Callable
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
NOTES = {"title", "description", "$schema", "$defs", "discriminator", "then", "else"}


class Schema:
    """A whole schema with its `$defs`."""

    def __init__(self, whole: dict[str, Any]) -> None:
        self.whole = whole

    def accepts(self, name: str, value: Any) -> bool:
        """Whether the value fits the definition `name`."""
        return self._fits(self.whole["$defs"][name], value)

    def _fits(self, schema: dict[str, Any], value: Any) -> bool:
        if "if" in schema:
            branch = "then" if self._fits(schema["if"], value) else "else"
            if not self._fits(schema.get(branch, {}), value):
                return False
        return all(
            self._keyword(key, expected, value)
            for key, expected in schema.items()
            if key not in NOTES and key != "if"
        )

    def _keyword(self, key: str, expected: Any, value: Any) -> bool:
        match key:
            case "$ref":
                return self._fits(self.whole["$defs"][expected.removeprefix("#/$defs/")], value)
            case "anyOf":
                return any(self._fits(schema, value) for schema in expected)
            case "oneOf":
                return sum(self._fits(schema, value) for schema in expected) == 1
            case "not":
                return not self._fits(expected, value)
            case "items":
                return not isinstance(value, list) or all(self._fits(expected, item) for item in value)
            case "properties" | "propertyNames" | "additionalProperties":
                return not isinstance(value, dict) or self._inside(key, expected, value)
        return not _applies(key, value) or SIMPLE[key](expected, value)

    def _inside(self, key: str, expected: Any, value: dict[str, Any]) -> bool:
        if key == "properties":
            return all(self._fits(schema, value[name]) for name, schema in expected.items() if name in value)
        # Beside `properties` there is never an `additionalProperties` here.
        checked = value if key == "propertyNames" else value.values()
        return all(self._fits(expected, item) for item in checked)


def _applies(key: str, value: Any) -> bool:
    if key in ("minLength", "maxLength"):
        return isinstance(value, str)
    if key in ("minimum", "maximum"):
        return isinstance(value, int | float)
    return key in ("type", "enum", "const") or isinstance(value, dict)


def _is_of(expected: str, value: Any) -> bool:
    return isinstance(value, TYPES[expected]) and (not isinstance(value, bool) or expected == "boolean")


SIMPLE: dict[str, Callable[[Any, Any], bool]] = {
    "type": _is_of,
    "enum": lambda expected, value: value in expected,
    "const": lambda expected, value: value == expected and type(value) is type(expected),
    "minLength": lambda expected, value: len(value) >= expected,
    "maxLength": lambda expected, value: len(value) <= expected,
    "minimum": lambda expected, value: value >= expected,
    "maximum": lambda expected, value: value <= expected,
    "required": lambda expected, value: all(name in value for name in expected),
    "maxProperties": lambda expected, value: len(value) <= expected,
    "dependentRequired": lambda expected, value: all(
        name in value for given, names in expected.items() if given in value for name in names
    ),
}
