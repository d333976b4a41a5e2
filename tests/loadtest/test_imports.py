"""Imports under load: a small run against a real server."""

from pathlib import Path

from click.testing import CliRunner

from loadtest.imports import imports, run, write


async def test_a_small_run() -> None:
    """The file is imported, imported again and exported, each counted and timed, while somebody chats."""
    phases = await run(400, quiet=0.3)
    assert [(each.name, each.rows) for each in phases] == [
        ("chat alone", 0),
        ("import, new", 400),
        ("import, known", 400),
        ("export", 400),
    ]
    assert all(each.acks and each.hub_mb > 1 for each in phases)
    assert 0 < phases[0].ack_median_ms <= phases[0].ack_p99_ms


def test_too_slow_is_an_error(tmp_path: Path) -> None:
    """A run in which acks took longer than asked for exits 1, with its report written."""
    result = CliRunner().invoke(imports, ["--rows", "100", "--most", "0.1", "--out", str(tmp_path)])
    assert result.exit_code == 1, result.output
    assert (tmp_path / "imports.json").exists()


def test_the_same_file_every_time(tmp_path: Path) -> None:
    """A number of rows is always the same file, so that two runs can be compared."""
    for name in ("one.csv", "two.csv"):
        write(tmp_path / name, 200)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    assert (tmp_path / "one.csv").read_text().count("\n") == 201
