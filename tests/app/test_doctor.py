"""The doctor's judgement of facts: what is fine, what is not, and that there is advice."""

from pathlib import Path

import msgspec
import pytest

from onethread.doctor import Finding, examine_files, examine_key, examine_settings, examine_store
from onethread.settings import load
from onethread.store.inspection import StoreFacts

GOOD = StoreFacts(
    name="Valkey 9.1.0",
    version=(7, 2, 4),
    append_only=True,
    append_fsync="always",
    eviction="noeviction",
    clock_ahead=0.002,
)


def states(findings: list[Finding]) -> dict[str, str]:
    return {finding.subject: finding.state for finding in findings}


def test_a_good_store_is_ok() -> None:
    """Version, persistence, eviction and clock of a well set store are fine, each on a line of its own."""
    assert states(examine_store(GOOD)) == {
        "store version": "ok",
        "persistence": "ok",
        "eviction": "ok",
        "clock": "ok",
    }


@pytest.mark.parametrize(
    ("facts", "subject", "state"),
    [
        ({"version": (6, 2, 14)}, "store version", "fail"),
        ({"append_only": False}, "persistence", "fail"),
        ({"append_fsync": "everysec"}, "persistence", "warn"),
        ({"append_fsync": None}, "persistence", "warn"),
        ({"eviction": "allkeys-lru"}, "eviction", "fail"),
        ({"eviction": None}, "eviction", "warn"),
        ({"clock_ahead": -2.0}, "clock", "warn"),
        ({"clock_ahead": 3600.0}, "clock", "fail"),
    ],
)
def test_what_is_wrong_with_a_store(facts: dict[str, object], subject: str, state: str) -> None:
    """Each fact that endangers a promise changes its own line, which then says what to do, and no other."""
    findings = examine_store(msgspec.structs.replace(GOOD, **facts))
    expected = {**dict.fromkeys(states(findings), "ok"), subject: state}
    assert states(findings) == expected
    assert all(finding.advice for finding in findings if finding.state != "ok")


def test_unknown_variables_are_warned_of() -> None:
    """A mistyped variable is a warning that names it."""
    assert examine_settings([])[0].state == "ok"
    assert [
        (found.state, "ONETHREAD_PROT" in found.found) for found in examine_settings(["ONETHREAD_PROT"])
    ] == [("warn", True)]


def test_a_key_file_is_for_its_owner(tmp_path: Path) -> None:
    """A key that others can read fails, with the command that mends it; one that isn't there yet is fine."""
    settings = load({"ONETHREAD_DATA": str(tmp_path)})
    assert states(examine_key(settings, None)) == {"server key": "ok"}
    file = tmp_path / "server.key"
    file.write_text("k" * 64)
    file.chmod(0o644)
    (found,) = examine_key(settings, True)
    assert (found.state, found.advice) == ("fail", f"chmod 600 {file}")
    file.chmod(0o600)
    assert states(examine_key(settings, True)) == {"server key": "ok"}


def test_a_key_that_is_not_the_stores_fails(tmp_path: Path) -> None:
    """With another key than the store's hubs, tokens and pins don't hold: that fails."""
    settings = load({"ONETHREAD_SECRET_KEY": "k" * 32})
    assert states(examine_key(settings, False)) == {"server key": "fail"}
    assert states(examine_key(settings, True)) == {"server key": "ok"}


def test_a_generated_key_beside_a_shared_store_is_warned_of(tmp_path: Path) -> None:
    """Where other machines' hubs may share the store, a key generated here is a warning."""
    (tmp_path / "server.key").write_text("k" * 64)
    (tmp_path / "server.key").chmod(0o600)
    settings = load({"ONETHREAD_DATA": str(tmp_path), "ONETHREAD_REDIS_URL": "redis://store"})
    assert [finding.state for finding in examine_key(settings, True)] == ["ok", "warn"]


@pytest.mark.parametrize(
    ("soft", "hard", "state"), [(256, 1024, "warn"), (1024, 524288, "ok"), (-1, -1, "ok")]
)
def test_the_file_limit(soft: int, hard: int, state: str) -> None:
    """The hard limit counts, since a server raises its soft one itself."""
    assert examine_files(soft, hard).state == state
