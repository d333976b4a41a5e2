"""The server key: made once, for its owner's eyes, and the same for everybody."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onethread.server_key import server_key
from onethread.settings import Settings, SettingsError, load


def settings_of(data: Path, **more: str) -> Settings:
    return load({"ONETHREAD_DATA": str(data), **more})


def test_it_is_made_once(tmp_path: Path) -> None:
    """The first start generates a key with mode 0600, the next ones find it."""
    settings = settings_of(tmp_path / "new" / "data")
    key = server_key(settings)
    assert len(key) >= 32
    assert server_key(settings) == key
    assert stat.S_IMODE((settings.data / "server.key").stat().st_mode) == 0o600
    assert [path.name for path in settings.data.iterdir()] == ["server.key"]


def test_a_race_has_one_winner(tmp_path: Path) -> None:
    """Hubs that start at the same moment all have the one key that is kept."""
    for round_ in range(20):
        settings = settings_of(tmp_path / str(round_))
        with ThreadPoolExecutor(8) as hubs:
            found = set(hubs.map(lambda _, settings=settings: server_key(settings), range(8)))
        assert found == {server_key(settings)}
        assert [path.name for path in settings.data.iterdir()] == ["server.key"]


def test_the_setting_counts_before_the_file(tmp_path: Path) -> None:
    """ONETHREAD_SECRET_KEY is used as it is, and then no file is made."""
    given = "k" * 32
    assert server_key(settings_of(tmp_path / "data", ONETHREAD_SECRET_KEY=given)) == given.encode()
    assert not (tmp_path / "data").exists()


def test_the_file_can_be_given_as_the_setting(tmp_path: Path) -> None:
    """A generated key moves to other hubs by copying what the file holds into ONETHREAD_SECRET_KEY."""
    key = server_key(settings_of(tmp_path))
    copied = (tmp_path / "server.key").read_text()
    assert server_key(settings_of(tmp_path / "elsewhere", ONETHREAD_SECRET_KEY=copied)) == key


def test_a_broken_file_is_refused(tmp_path: Path) -> None:
    """An empty or cut key file is an error that names it, never a weak key."""
    (tmp_path / "server.key").write_text("abc\n")
    with pytest.raises(SettingsError, match=r"ONETHREAD_DATA: .*server\.key' is no server key"):
        server_key(settings_of(tmp_path))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A data folder that can't be made is an error that names the setting and the path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"ONETHREAD_DATA: .*file/data/server\.key"):
        server_key(settings_of(tmp_path / "file" / "data"))
