"""Logs: lines for a person on a terminal, JSON otherwise; never a secret and never a message's text.

Everything goes through one handler on standard error: this package's structured events, uvicorn's and
asyncio's. What may not be logged is dropped by the name of its key, at any depth, whoever logs it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SECRET_NAMES = frozenset(
    {
        "text",
        "visitor",
        "clean",
        "token",
        "secret",
        "password",
        "key",
        "authorization",
        "cookie",
        "frame",
        "pin",
    }
)
_SECRET_ENDINGS = ("_secret", "_hash", "_token", "_key", "_keys", "_password", "_text")
# uvicorn's own WebSocket protocol, under the fallback edge, gives a traceback for a client's bytes that are
# no UTF-8. It answers them as it should (1007): bad input is no error of a server's.
_INVALID_UTF8 = "Invalid UTF-8 sequence received from client."
# uvicorn tells at INFO of every connection with its path and query, where a careless client may put secrets.
_UVICORN_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


def configure(stream: TextIO = sys.stderr, terminal: bool | None = None) -> None:
    """Send all logs to `stream`, as text if it is a terminal; `terminal` says so in its place.

    May be called again: the last call counts.
    """
    terminal = stream.isatty() if terminal is None else terminal
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(_is_ours)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(terminal)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    for name in _UVICORN_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.WARNING)


def drop_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event without what may not be logged, in maps, sequences and structs too."""
    return {name: _clean(value) for name, value in event.items() if not _is_secret(name)}


def _renderers(terminal: bool) -> list[Processor]:
    # Plain tracebacks in both: structlog's own print local variables, and a frame's are its secrets.
    if terminal:
        plain = structlog.dev.plain_traceback
        return [structlog.dev.ConsoleRenderer(colors=True, exception_formatter=plain)]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=repr)]


def _is_ours(record: logging.LogRecord) -> bool:
    raised = record.exc_info[1] if record.exc_info else None
    return not (isinstance(raised, UnicodeDecodeError) and record.msg == _INVALID_UTF8)


def _is_secret(name: str) -> bool:
    return name in _SECRET_NAMES or name.endswith(_SECRET_ENDINGS)


def _clean(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, Mapping):
        return {name: _clean(inner) for name, inner in value.items() if not _is_secret(str(name))}
    if type(value) in (list, tuple, set, frozenset):
        return [_clean(inner) for inner in value]
    return value
