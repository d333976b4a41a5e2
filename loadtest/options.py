"""What the commands' options and endings have in common."""

from __future__ import annotations

import math
import signal
from pathlib import Path
from types import FrameType
from typing import Any

import click


class Finite(click.FloatRange):
    """A number within bounds; `nan`, which is within any, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return number if math.isfinite(number) else self.fail(f"{value!r} is no number.", param, ctx)


def folder(_: click.Context, __: click.Parameter, path: Path) -> Path:
    """Make the folder that results go to, before anything runs for them."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / ".writable").touch()
        (path / ".writable").unlink()
    except OSError as error:
        raise click.BadParameter(f"{str(path)!r} can't be written to: {error.strerror}") from None
    return path


def end_in_peace() -> None:
    """End on SIGTERM and SIGHUP as on Ctrl-C: what was started is stopped too."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.raise_signal(signal.SIGINT)
