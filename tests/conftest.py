"""What every test can ask for: a real store, and a data directory for hubs of its own."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from onethread.store.embedded_lock import lock_for_store
from tests.stores import guarded_store


def pytest_configure() -> None:
    """A shell ignores SIGINT for what it runs in the background, and so would every process of a test."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one embedded store that serves the whole session; tests keep apart by organization."""
    with guarded_store(tmp_path_factory.mktemp("data")) as url:
        yield url


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data directory, not yet made; a store that a killed hub leaves on it does not outlive the test."""
    directory = tmp_path / "its data"
    yield directory
    if (directory / "store").is_dir():
        lock, _ = lock_for_store(directory / "store")
        lock.close()
