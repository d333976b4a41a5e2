"""What is wrong with an installation: facts come in, findings go out, and nothing is changed."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from onethread.server_key import KEY_FILE
from onethread.settings import Settings
from onethread.store.inspection import StoreFacts

State: TypeAlias = Literal["ok", "warn", "fail"]

OLDEST_STORE = (7, 0)
# One connection is one file; a thousand is what a default soft limit gives and a busy shop passes.
FEW_FILES = 10_000
# Times of events are hubs' own: people see them jump at a second; tokens have 30 s of leeway (WIRE.md 8).
CLOCK_WARN = 1.0
CLOCK_FAIL = 30.0


class Finding(msgspec.Struct, frozen=True):
    """One line of the doctor's: how it is, what was found, what to do about it."""

    state: State
    subject: str
    found: str
    advice: str = ""


def examine_settings(unknown_variables: Iterable[str]) -> list[Finding]:
    """Variables that no setting reads."""
    wrong = [
        Finding("warn", "settings", f"{name} is no setting", "see docs/settings.md for its right name")
        for name in unknown_variables
    ]
    return wrong or [Finding("ok", "settings", "all can be read")]


def examine_data(settings: Settings) -> list[Finding]:
    """The folder of the embedded store; nothing to say when the store is another."""
    if settings.redis_url is not None:
        return []
    folder = settings.data.absolute()
    if folder.is_dir():
        return [Finding("ok", "data", f"{folder}")]
    advice = "if one has, give its ONETHREAD_DATA; what follows is of a store made to try it out"
    return [Finding("warn", "data", f"{folder} is not there: no server has run with it yet", advice)]


def examine_key(settings: Settings, matches: bool | None) -> list[Finding]:
    """The server key; `matches`: is it the store's, None when it is not known."""
    if matches is False:
        return [
            Finding(
                "fail",
                "server key",
                "not the one this store was used with: visitor tokens, pinned hashes and API keys don't hold",
                "give all hubs of this store the same ONETHREAD_SECRET_KEY",
            )
        ]
    path = settings.data / KEY_FILE
    if settings.secret_key is not None:
        return [Finding("ok", "server key", "ONETHREAD_SECRET_KEY")]
    if not path.exists():
        return [Finding("ok", "server key", f"none yet, it will be generated as {path}")]
    return [_key_file(path), *_shared_key(settings)]


def _key_file(path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Finding(
            "fail", "server key", f"{path} has mode {mode:04o}: others can read it", f"chmod 600 {path}"
        )
    return Finding("ok", "server key", str(path))


def _shared_key(settings: Settings) -> list[Finding]:
    if settings.redis_url is None:
        return []
    return [
        Finding(
            "warn",
            "server key",
            "generated on this machine, while the store can be shared",
            "set ONETHREAD_SECRET_KEY if hubs run elsewhere",
        )
    ]


def examine_store(facts: StoreFacts) -> list[Finding]:
    """A store that answers: its version, persistence, eviction and clock."""
    return [_version(facts), _persistence(facts), _eviction(facts), _clock(facts.clock_ahead)]


def _version(facts: StoreFacts) -> Finding:
    if facts.version < OLDEST_STORE:
        return Finding("fail", "store version", facts.name, "Redis 7.0 or later, or Valkey, is needed")
    return Finding("ok", "store version", facts.name)


def _persistence(facts: StoreFacts) -> Finding:
    if not facts.append_only:
        return Finding(
            "fail",
            "persistence",
            "appendonly no: a restart loses messages",
            "CONFIG SET appendonly yes, and in its file",
        )
    if facts.append_fsync is None:
        return Finding(
            "warn", "persistence", "appendonly yes, appendfsync unknown", "appendfsync always keeps all"
        )
    if facts.append_fsync != "always":
        return Finding(
            "warn",
            "persistence",
            f"appendfsync {facts.append_fsync}: a power cut loses acked messages",
            "CONFIG SET appendfsync always, and in its file",
        )
    return Finding("ok", "persistence", "appendonly yes, appendfsync always")


def _eviction(facts: StoreFacts) -> Finding:
    if facts.eviction is None:
        return Finding("warn", "eviction", "unknown", "maxmemory-policy noeviction keeps all")
    if facts.eviction != "noeviction":
        return Finding(
            "fail",
            "eviction",
            f"maxmemory-policy {facts.eviction}: a full store deletes conversations",
            "CONFIG SET maxmemory-policy noeviction, and in its file",
        )
    return Finding("ok", "eviction", "maxmemory-policy noeviction")


def _clock(ahead: float) -> Finding:
    apart = abs(ahead)
    found = f"{apart:.3f} s apart from the store's"
    if apart < CLOCK_WARN:
        return Finding("ok", "clock", found)
    return Finding("warn" if apart < CLOCK_FAIL else "fail", "clock", found, "let both machines follow NTP")


def examine_files(soft: int, hard: int) -> Finding:
    """How many files a server may open; it raises the soft limit to the hard one itself. -1: unlimited."""
    if 0 <= hard < FEW_FILES:
        return Finding(
            "warn", "file limit", f"{hard}: about so many connections", "raise it: ulimit -Hn, LimitNOFILE="
        )
    return Finding("ok", "file limit", "unlimited" if hard < 0 else f"{hard} (now {soft}, raised at start)")
