"""`onethread doctor`: gathers the facts for `onethread.doctor` and prints its findings."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import msgspec

from onethread.cli.administration import reachable_store
from onethread.cli.options import env_file_option
from onethread.doctor import (
    Finding,
    examine_data,
    examine_files,
    examine_key,
    examine_settings,
    examine_store,
)
from onethread.env_file import EnvFileError
from onethread.server_key import KEY_FILE, server_key
from onethread.settings import Settings, SettingsError, environment, load, unknown
from onethread.store.embedded_errors import EmbeddedStoreError
from onethread.store.errors import StoreError
from onethread.store.fingerprint import matches
from onethread.store.inspection import inspect
from onethread.store.organizations import open_admin_client
from onethread.values import quoted

_COLORS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command()
@env_file_option
def doctor(env_file: Path | None) -> int:
    """Tell what is wrong with this installation, and what to do about it; it changes nothing.

    A running server's embedded store is asked; if none runs, it is started for the time being, and where none
    ever ran, one in a temporary folder is. Exit code 1 if anything fails.
    """
    findings = _examine(env_file)
    for finding in findings:
        state = click.style(finding.state.ljust(4), fg=_COLORS[finding.state], bold=finding.state == "fail")
        click.echo(f"{state}  {finding.subject.ljust(13)}  {finding.found}")
        if finding.advice:
            click.echo(f"{'':21}-> {finding.advice}")
    return 1 if any(finding.state == "fail" for finding in findings) else 0


def _examine(env_file: Path | None) -> Sequence[Finding]:
    try:
        environ = environment(env_file)
        settings = load(environ)
    except (EnvFileError, SettingsError) as error:
        return [Finding("fail", "settings", str(error), "docs/settings.md tells what each may be")]
    limits = examine_files(*resource.getrlimit(resource.RLIMIT_NOFILE))
    first = [*examine_settings(unknown(environ)), *examine_data(settings)]
    return [*first, *_examine_store(settings), limits]


def _examine_store(settings: Settings) -> list[Finding]:
    key = None
    try:
        if settings.secret_key is not None or (settings.data / KEY_FILE).exists():
            key = server_key(settings)
    except SettingsError as error:
        return [Finding("fail", "server key", str(error), "put a copy of the right one there, or remove it")]
    with _some_data(settings) as data:
        return asyncio.run(_ask_store(settings, msgspec.structs.replace(settings, data=data), key))


@contextmanager
def _some_data(settings: Settings) -> Iterator[Path]:
    """The data folder, or in place of one that isn't there a temporary one: the doctor makes none."""
    if settings.data.is_dir():
        yield settings.data
    else:
        with TemporaryDirectory(prefix="onethread-doctor-") as folder:
            yield Path(folder)


async def _ask_store(settings: Settings, asked: Settings, key: bytes | None) -> list[Finding]:
    try:
        async with reachable_store(asked) as url:
            client = open_admin_client(url)
            try:
                facts = await inspect(client)
                same = None if key is None else await matches(client, key)
            finally:
                await client.aclose()
    except (EmbeddedStoreError, StoreError) as error:
        where = quoted(settings.redis_url) if settings.redis_url else f"embedded, in {settings.data}"
        advice = (
            "is it running, and is ONETHREAD_REDIS_URL right?"
            if settings.redis_url
            else "see the lines above"
        )
        unreachable = Finding("fail", "store", f"{where}: {error}", advice)
        return [unreachable, *examine_key(settings, None)]
    reached = Finding("ok", "store", f"{quoted(url)} answers")
    return [reached, *examine_store(facts), *examine_key(settings, same)]
