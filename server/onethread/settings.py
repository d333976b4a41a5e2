"""Every setting of a server: its variable, default, meaning and how its text is read, in one table.

Settings are environment variables, or lines of an env file that the environment overrides (DESIGN.md
section 5). An empty value counts as not set, as compose files and service definitions produce them.
docs/settings.md is checked against `SETTINGS` by a test.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from onethread import values
from onethread.env_file import read_env_file


class SettingsError(ValueError):
    """A setting that can't be used; the message names its variable and quotes its value, unless secret."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a server runs with: one field for each entry of `SETTINGS`, which says what each means.

    Times are in seconds, `buffer` in bytes; in limits 0 means no limit, in `send_burst` too.
    """

    redis_url: str | None
    data: Path
    host: str
    port: int
    secret_key: bytes | None
    sends_per_second: float
    send_burst: int
    connections_per_address: int
    inits_per_minute: int
    refusals_per_minute: int
    requests_per_second: float
    buffer: int
    heartbeat: float
    init_timeout: float
    drain: float
    trusted_proxies: tuple[values.Network, ...]
    webhook_allow_private: tuple[values.Network, ...]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One setting; `unset` is the field's value when there is neither a text nor a default.

    `read` turns the text into the field's value or raises ValueError saying what is expected.
    """

    variable: str
    field: str
    meaning: str
    read: Callable[[str], Any]
    default: str = ""
    unset: Any = None
    also: str | None = None
    secret: bool = False


def environment(env_file: Path | None = None) -> dict[str, str]:
    """This process's environment, with the env file's lines where it has no such variable.

    Raises onethread.env_file.EnvFileError.
    """
    return {**(read_env_file(env_file) if env_file else {}), **os.environ}


def load(environ: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises SettingsError for the first value that can't be used."""
    return Settings(**{setting.field: _value(setting, environ) for setting in SETTINGS})


def unknown(environ: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none: typing errors, most likely."""
    known = {setting.variable for setting in SETTINGS}
    return sorted(name for name in environ if name.startswith("ONETHREAD_") and name not in known)


def given_by(variable: str, environ: Mapping[str, str]) -> str:
    """The variable that this setting's value is from: PORT may stand in for ONETHREAD_PORT."""
    also = next(setting.also for setting in SETTINGS if setting.variable == variable)
    return also if also and _text(also, environ) and not _text(variable, environ) else variable


def _value(setting: Setting, environ: Mapping[str, str]) -> Any:
    variable = given_by(setting.variable, environ)
    text = _text(variable, environ)
    if not text:
        return setting.read(setting.default) if setting.default else setting.unset
    try:
        return setting.read(text)
    except ValueError as error:
        shown = "its value" if setting.secret else values.quoted(text)
        raise SettingsError(f"{variable}: {shown} {error}") from None


def _text(variable: str, environ: Mapping[str, str]) -> str:
    return environ.get(variable, "").strip()


SETTINGS: tuple[Setting, ...] = (
    Setting(
        variable="ONETHREAD_REDIS_URL",
        field="redis_url",
        meaning="The store, Redis 7.0 or later or Valkey: redis://, rediss:// or unix://. Without it the "
        "server runs an embedded Valkey in ONETHREAD_DATA.",
        read=values.store_url,
    ),
    Setting(
        variable="ONETHREAD_DATA",
        field="data",
        default="./data",
        meaning="Folder of the embedded store's files and of the generated server key.",
        read=values.path,
    ),
    Setting(
        variable="ONETHREAD_HOST",
        field="host",
        default="127.0.0.1",
        meaning="Address to listen on; 0.0.0.0 or :: for all of the machine's.",
        read=str,
    ),
    Setting(
        variable="ONETHREAD_PORT",
        also="PORT",
        field="port",
        default="8000",
        meaning="Port to listen on; 0 takes a free one and prints it. PORT is heeded when this is not set.",
        read=partial(values.integer, most=65535),
    ),
    Setting(
        variable="ONETHREAD_SECRET_KEY",
        field="secret_key",
        meaning="Signs visitor tokens and keys the stored hashes; at least 32 bytes. When not set, generated "
        "under ONETHREAD_DATA (server.key, mode 0600). All hubs of an installation need the same one.",
        read=values.secret,
        secret=True,
    ),
    Setting(
        variable="ONETHREAD_SENDS_PER_SECOND",
        field="sends_per_second",
        default="10",
        meaning="Messages, edits and other commands a second that one connection may send; 0 for no limit.",
        read=values.number,
    ),
    Setting(
        variable="ONETHREAD_SEND_BURST",
        field="send_burst",
        default="30",
        meaning="How many of them may come at once after a pause; 0 for no limit.",
        read=values.integer,
    ),
    Setting(
        variable="ONETHREAD_CONNECTIONS_PER_ADDRESS",
        field="connections_per_address",
        default="200",
        meaning="WebSockets that one client address may hold open, of each process; 0 for no limit.",
        read=values.integer,
    ),
    Setting(
        variable="ONETHREAD_INITS_PER_MINUTE",
        field="inits_per_minute",
        default="300",
        meaning="Inits a minute from one client address, of each process; 0 for no limit.",
        read=values.integer,
    ),
    Setting(
        variable="ONETHREAD_REFUSALS_PER_MINUTE",
        field="refusals_per_minute",
        default="20",
        meaning="Refused identities and failed logins a minute from one client address, of each process; "
        "more close with 4429. 0 for no limit.",
        read=values.integer,
    ),
    Setting(
        variable="ONETHREAD_REQUESTS_PER_SECOND",
        field="requests_per_second",
        default="50",
        meaning="HTTP requests a second of one API key or session; 0 for no limit.",
        read=values.number,
    ),
    # Healthy peers must not be cut: the transport holds up to its high water (64 KiB) when a replay goes on,
    # and the largest event, 10,000 characters of 6 bytes, comes on top.
    Setting(
        variable="ONETHREAD_BUFFER",
        field="buffer",
        default="1MiB",
        meaning="Outgoing bytes held for one peer, as 1048576 or 1MiB; a peer that lets more pile up is cut, "
        "close code 4430.",
        read=partial(values.size, least=256 * 2**10, most=2**30),
    ),
    Setting(
        variable="ONETHREAD_HEARTBEAT",
        field="heartbeat",
        default="25",
        meaning="Seconds between pings; a peer silent for two of them is cut.",
        read=values.seconds,
    ),
    Setting(
        variable="ONETHREAD_INIT_TIMEOUT",
        field="init_timeout",
        default="10",
        meaning="Seconds that a new connection has for its init.",
        read=values.seconds,
    ),
    Setting(
        variable="ONETHREAD_DRAIN",
        field="drain",
        default="20",
        meaning="Seconds that a stopping server takes at most to finish and to send its clients elsewhere.",
        read=values.seconds,
    ),
    Setting(
        variable="ONETHREAD_TRUSTED_PROXIES",
        field="trusted_proxies",
        unset=(),
        meaning="Addresses or networks (10.0.0.0/8), separated by commas, whose X-Forwarded-For is believed.",
        read=values.networks,
    ),
    Setting(
        variable="ONETHREAD_WEBHOOK_ALLOW_PRIVATE",
        field="webhook_allow_private",
        unset=(),
        meaning="Addresses or networks (10.0.0.0/8), separated by commas, that webhooks may reach although "
        "they are not public; `all` for every address. When set, webhooks may have http:// addresses too.",
        read=values.networks_or_all,
    ),
)
