"""The file of an import on disk, and whose it is."""

import asyncio
import hashlib
import multiprocessing
import os
import stat
from pathlib import Path

from onethread.contacts.csv.records import CHUNK
from onethread.imports.spool import GATHERED, Spool, SpoolFolder

TEXT = "name,email\n" + "Zoë,zoe@acme.test\n" * 40_000


async def spooled(folder: SpoolFolder, data: bytes, piece: int = 100_000) -> tuple[Spool, str, int]:
    incoming = folder.receive()
    for at in range(0, len(data), piece):
        await incoming.write(data[at : at + piece])
    spool = await incoming.finish("acme", "im_1")
    return spool, incoming.digest, incoming.size


def content(spool: Spool) -> bytes:
    found = b""
    while more := spool.read(len(found), CHUNK):
        found += more
    return found


async def test_a_file_is_kept_in_utf8(tmp_path: Path) -> None:
    """What comes in is on disk in UTF-8, for its owner's eyes only, and known by its digest."""
    spool, digest, size = await spooled(SpoolFolder(tmp_path / "imports"), TEXT.encode("utf-16"))
    plain = TEXT.encode()
    assert len(plain) > GATHERED
    assert (content(spool), digest, size) == (plain, hashlib.sha256(plain).hexdigest(), len(plain))
    assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(spool.path.parent.stat().st_mode) == 0o700
    spool.close()


async def test_nobody_else_takes_it(tmp_path: Path) -> None:
    """A file that somebody is at is nobody else's; when its process is gone, it is the next one's."""
    folder = SpoolFolder(tmp_path)
    spool, _, _ = await spooled(folder, TEXT.encode())
    assert folder.left() == []
    spool.close()
    [found] = folder.left()
    assert (found.org, found.import_id, found.path) == ("acme", "im_1", spool.path)
    assert content(found) == TEXT.encode()
    assert folder.left() == []
    found.remove()
    found.close()
    assert folder.left() == []


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def _receive(path: Path) -> None:
    async def receive() -> None:
        folder = SpoolFolder(path)
        await spooled(folder, TEXT.encode())
        await folder.receive().write(b"x" * GATHERED)
        os._exit(9)

    asyncio.run(receive())


async def test_what_a_killed_process_leaves(tmp_path: Path) -> None:
    """A whole file is found by the next process, half a one is deleted."""
    process = multiprocessing.get_context("spawn").Process(target=_receive, args=(tmp_path,))
    process.start()
    await asyncio.to_thread(process.join)
    assert process.exitcode == 9
    assert len(names(tmp_path)) == 2
    [found] = SpoolFolder(tmp_path).left()
    assert content(found) == TEXT.encode()
    assert names(tmp_path) == [found.path.name]
    found.close()


async def test_an_upload_that_is_broken_off(tmp_path: Path) -> None:
    """Nothing is left of what was not finished."""
    incoming = SpoolFolder(tmp_path).receive()
    await incoming.write(b"x" * GATHERED * 2)
    assert SpoolFolder(tmp_path).left() == []
    incoming.abandon()
    assert names(tmp_path) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Before the first import there is no folder, and nothing in it."""
    assert SpoolFolder(tmp_path / "imports").left() == []


async def test_an_organization_with_a_dot(tmp_path: Path) -> None:
    """The file's name gives the organization back, dots and all."""
    incoming = SpoolFolder(tmp_path).receive()
    await incoming.write(b"a")
    spool = await incoming.finish("acme.example-1", "im_2")
    spool.close()
    [found] = SpoolFolder(tmp_path).left()
    assert (found.org, found.import_id) == ("acme.example-1", "im_2")
    found.close()
