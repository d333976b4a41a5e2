"""`onethread serve` and `onethread store`: what runs."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import socket
import sys
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import click
import msgspec
import structlog

from onethread import logs
from onethread.cli.options import env_file_option, with_settings
from onethread.demo import AGENTS, PASSWORD
from onethread.listening import Source, listen, websocket_url
from onethread.server_key import server_key
from onethread.serving import BUILT, Serving, raise_file_limit
from onethread.settings import Settings, environment, given_by, load, unknown
from onethread.store.embedded import EmbeddedStore, run_store
from onethread.store.embedded_errors import EmbeddedStoreError
from onethread.workers import Pool, running, until_signalled, worker_command

_log = structlog.get_logger(__name__)

MOST_WORKERS = 256
DEFAULT_URL = "ws://127.0.0.1:8000/ws"


@click.command()
@click.option("--demo", is_flag=True, help="With the demo organization, on loopback only.")
@click.option("--host", help="Address to listen on, in place of ONETHREAD_HOST.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on, in place of ONETHREAD_PORT.")
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    default=1,
    show_default=True,
    help="Processes that serve, best one a core; they share the port.",
)
@env_file_option
def serve(demo: bool, host: str | None, port: int | None, workers: int, env_file: Path | None) -> None:
    """Run the server: WebSocket at /ws, with its own embedded store unless ONETHREAD_REDIS_URL names one.

    SIGTERM and SIGINT end it: it stops accepting, finishes what it accepted and sends its clients elsewhere.
    """
    environ = environment(env_file)
    settings = load(environ)
    settings = msgspec.structs.replace(
        settings, host=host or settings.host, port=settings.port if port is None else port
    )
    source = Source(
        "ONETHREAD_HOST" if host is None else "--host",
        given_by("ONETHREAD_PORT", environ) if port is None else "--port",
    )
    listener = listen(settings.host, settings.port, loopback_only=demo, source=source)
    logs.configure()
    raise_file_limit()
    for variable in unknown(environ):
        _log.warning("unknown_setting", variable=variable)
    key = server_key(settings)
    saying = Saying(websocket_url(listener), _program() if demo else None, workers)
    if workers > 1:
        asyncio.run(until_signalled(_serve_workers(settings, listener, environ, workers, demo, saying)))
        return
    # Imported here: it is all of the server, and no other command needs it.
    from onethread.app import run

    ready = partial(saying.hear, 0)
    run(Serving(settings=settings, key=key, listener=listener, demo=demo, ready=ready))


@click.command()
@click.option("--url", is_flag=True, help="Only print its address, as ONETHREAD_REDIS_URL of hubs wants it.")
@with_settings
def store(settings: Settings, url: bool) -> int:
    """Run the embedded store by itself, for several hubs; prints its address once it answers."""
    if url:
        click.echo(EmbeddedStore(settings.data).url)
        return 0
    raise_file_limit()
    return run_store(settings.data)


class Saying:
    """What `serve` prints once all its processes serve: that it is ready, or why not and later that it is."""

    def __init__(self, url: str, program: str | None, processes: int) -> None:
        self._url = url
        self._ready = banner(url, program)
        self._said = ""
        self._troubles: dict[int, str | None] = dict.fromkeys(range(processes))

    def hear(self, index: int, trouble: str) -> None:
        """Take note of a process: "" if it is ready, else why its store is away."""
        self._troubles[index] = trouble
        if self._said == self._ready or None in self._troubles.values():
            return
        lacking = next(filter(None, self._troubles.values()), None)
        text = f"Onethread is at {self._url}, but not ready: {lacking}" if lacking else self._ready
        if text != self._said:
            self._said = text
            click.echo(text)


def banner(url: str, program: str | None) -> str:
    """What `serve` prints when it is ready; `program` is given for the demo: how to call this program."""
    lines = [f"Onethread is ready at {url}"]
    if program is not None:
        if (BUILT / "demo").is_dir():
            page = url.replace("ws", "http", 1).removesuffix("ws")
            lines += ["", f"See it in a browser: {page}demo/"]
            lines += [f"Answer as an agent:  {page}console/?org=demo  ({AGENTS[0][0]}, {PASSWORD})"]
        where = "" if url == DEFAULT_URL else f" --url {url}"
        chat = f'  {program} chat --user-id 12345 --device "{{}}"{where}'
        lines += ["", "Be one customer on two devices, each in a terminal of its own:", ""]
        lines += [chat.format("home desktop"), chat.format("work laptop"), ""]
    return "\n".join(lines)


def _program() -> str:
    called, found = Path(sys.argv[0]).absolute(), shutil.which("onethread")
    if called.name != "onethread" or (found and called.samefile(found)):
        return "onethread"
    here = Path.cwd()
    return shlex.quote(str(called.relative_to(here) if called.is_relative_to(here) else called))


async def _serve_workers(
    settings: Settings,
    listener: socket.socket,
    environ: dict[str, str],
    workers: int,
    demo: bool,
    saying: Saying,
) -> None:
    async with AsyncExitStack() as stack:
        if settings.redis_url is None:
            store = await stack.enter_async_context(EmbeddedStore(settings.data))
            environ = {**environ, "ONETHREAD_REDIS_URL": store.url}
            keeper = asyncio.create_task(store.keep_running(_report))
            stack.callback(keeper.cancel)
        pool = Pool(
            count=workers,
            listener=listener,
            environ=environ,
            drain=settings.drain,
            ready=saying.hear,
            command=worker_command(demo=demo),
        )
        await stack.enter_async_context(running(pool))
        await asyncio.Event().wait()


def _report(error: EmbeddedStoreError) -> None:
    _log.error("store_died", reason=str(error))
