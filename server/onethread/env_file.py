"""Env files: a way to give settings as lines of a file."""

from __future__ import annotations

from pathlib import Path


class EnvFileError(ValueError):
    """An env file that can't be read; the message tells a line's number only: the line may hold a secret."""


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of an env file: `NAME=VALUE` lines, empty lines and lines that begin with `#`.

    A value may be in double or single quotes, nothing in it is expanded; outside of quotes ` #` begins a
    comment; `export ` before a name is passed over. Of a repeated name the last counts. Raises EnvFileError.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise EnvFileError(f"can't read {str(path)!r}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise EnvFileError(f"can't read {str(path)!r}: it is not UTF-8") from None
    variables = {}
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            pair = _pair(line)
            if pair is None:
                raise EnvFileError(f"line {number} of {str(path)!r} is not NAME=VALUE")
            variables[pair[0]] = pair[1]
    return variables


def _pair(line: str) -> tuple[str, str] | None:
    name, equals, value = line.strip().removeprefix("export ").partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not name.isidentifier():
        return None
    if value[:1] in ("'", '"'):
        return (name, value[1:-1]) if len(value) > 1 and value[-1] == value[0] else None
    return name, value.partition(" #")[0].rstrip()
