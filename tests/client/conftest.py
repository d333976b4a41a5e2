"""What tests of the client can ask for."""

import pytest

from onethread_client import reconnect


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of seconds take none here; how long they are is for the policy's own tests."""
    monkeypatch.setattr(reconnect, "LATER", 0.05)
