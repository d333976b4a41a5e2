"""What several commands share: the env file, types of values, tables."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from onethread.identity.credentials import is_origin
from onethread.identity.organization import PrechatField
from onethread.settings import environment, load
from onethread.values import SECRET_KEY_BYTES, quoted

F = TypeVar("F", bound=Callable[..., Any])

org_option = click.option("--org", required=True, metavar="ORG", help="The organization.")
env_file_option = click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    help="File with settings, NAME=VALUE lines; the environment overrides it.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")


def with_settings(command: F) -> F:
    """Give a command the option --env-file, and the settings as its first argument."""

    @env_file_option
    @wraps(command)
    def wrapped(*args: Any, env_file: Path | None, **options: Any) -> Any:
        return command(load(environment(env_file)), *args, **options)

    return wrapped  # type: ignore[return-value]


def origin(_context: click.Context, _option: click.Parameter, given: Sequence[str]) -> tuple[str, ...] | None:
    """Origins as browsers send them (https://shop.example), `null`, `loopback`; None if none was given."""
    for value in given:
        if not is_origin(value):
            raise click.BadParameter(f"{quoted(value)} is no origin, such as https://shop.example")
    return tuple(given) or None


def prechat(
    _context: click.Context, _option: click.Parameter, given: str | None
) -> tuple[PrechatField, ...] | None:
    """Pre-chat fields: `name,email:optional`, or `none`."""
    if given is None or given == "none":
        return None if given is None else ()
    fields = []
    for part in given.split(","):
        name, _, optional = part.strip().partition(":")
        try:
            fields.append(msgspec.convert({"name": name, "required": not optional}, PrechatField))
        except msgspec.ValidationError:
            optional = "?"
        if optional not in ("", "optional") or len({field.name for field in fields}) < len(fields):
            raise click.BadParameter(
                f"{quoted(given)} is no list of name, email, phone and company, each once, "
                "with ':optional' behind what may be left out"
            )
    return tuple(fields)


def name(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """A name of 1 to 255 characters (WIRE.md section 1)."""
    if given is not None and not 1 <= len(given) <= 255:
        raise click.BadParameter(f"{quoted(given)} has {len(given)} characters, 1 to 255 are allowed")
    return given


def secret(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """A secret of 1 to 255 characters, `-` to read it from standard input; never quoted in an error."""
    given = _from_input(given)
    if given is not None and not 1 <= len(given) <= 255:
        raise click.BadParameter(f"it has {len(given)} characters, 1 to 255 are allowed")
    return given


def long_secret(context: click.Context, option: click.Parameter, given: str | None) -> str | None:
    """As `secret`, with the 32 bytes that HMAC-SHA256 wants (RFC 7518 section 3.2)."""
    given = secret(context, option, given)
    if given is not None and len(given.encode()) < SECRET_KEY_BYTES:
        raise click.BadParameter(
            f"it has {len(given.encode())} bytes, at least {SECRET_KEY_BYTES} are needed"
        )
    return given


def _from_input(given: str | None) -> str | None:
    return sys.stdin.readline().strip() if given == "-" else given


def given_options(**options: Any) -> dict[str, Any]:
    """The options that were given. Raises UsageError if none was."""
    given = {name: value for name, value in options.items() if value is not None}
    if not given:
        context = click.get_current_context()
        names = ", ".join(each.opts[0] for each in context.command.params if each.name in options)
        raise click.UsageError(f"nothing to set; give one of {names}", context)
    return given


def moment(at: int) -> str:
    """A time (ms since 1970 UTC) as ISO 8601 has it; "" for 0, which means never."""
    if not at:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def show(rows: Sequence[dict[str, Any]], columns: Iterable[str], as_json: bool) -> None:
    """Print rows as a table with a heading, or as JSON."""
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(rows)))
        return
    lines = [[column.upper().replace("_", " ") for column in columns]]
    lines += [[_cell(row[column]) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
