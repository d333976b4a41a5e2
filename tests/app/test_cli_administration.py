"""`onethread orgs|apps|keys`, as an administrator types them, against a real store."""

import asyncio
import io
import json
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from onethread.cli import run
from onethread.identity.organization import Organization, PrechatField
from onethread.identity.record import Record
from onethread.store.embedded import EmbeddedStore
from onethread.store.organizations import Organizations, open_admin_client

KEY = "k" * 40
Command = Callable[..., str]


@pytest.fixture
def org() -> str:
    return f"org-{secrets.token_hex(6)}"


@pytest.fixture
def command(store_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command line that must succeed, on the session's store; returns what it printed."""
    monkeypatch.setenv("ONETHREAD_REDIS_URL", store_url)
    monkeypatch.setenv("ONETHREAD_SECRET_KEY", KEY)

    def succeed(*words: str) -> str:
        code = run(words)
        printed = capsys.readouterr()
        assert (code, printed.err) == (0, "")
        return printed.out

    return succeed


@pytest.fixture
def refused(command: Command, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command line that must fail with this code; returns its one line on standard error."""

    def fail(code: int, *words: str) -> str:
        assert run(words) == code
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("onethread: ")
        assert printed.err.count("\n") == 1
        return printed.err

    return fail


def stored(store_url: str, org: str) -> Record:
    async def read() -> Record:
        client = open_admin_client(store_url)
        try:
            return await Organizations(client, KEY.encode()).get(org)
        finally:
            await client.aclose()

    return asyncio.run(read())


def test_an_organization_from_first_to_last(command: Command, store_url: str, org: str) -> None:
    """Add, list, set and remove do what they say to an organization and its policies."""
    command("orgs", "add", org, "--name", "Acme", "--identity", "signed", "--shards", "4")
    assert stored(store_url, org).organization == Organization(
        org=org, name="Acme", identity="signed", shards=4
    )
    assert org in command("orgs", "list")
    command("orgs", "set", org, "--pinning", "backend", "--on-refused", "close", "--identity", "open")
    listed = next(row for row in json.loads(command("orgs", "list", "--json")) if row["org"] == org)
    assert (listed["identity"], listed["pinning"], listed["on_refused"]) == ("open", "backend", "close")
    assert (listed["name"], listed["shards"]) == ("Acme", 4)
    command("orgs", "remove", org, "--yes")
    assert org not in command("orgs", "list")


def test_an_organization_has_the_defaults(command: Command, store_url: str, org: str) -> None:
    """Without options an organization has every setting at its default."""
    command("orgs", "add", org)
    assert stored(store_url, org).organization == Organization(org=org, name=org)


def test_removing_asks_first(
    command: Command,
    store_url: str,
    org: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without --yes a removal is asked about, and anything but yes leaves all in place."""
    command("orgs", "add", org)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run(["orgs", "remove", org]) == 130
    assert org in capsys.readouterr().out
    assert stored(store_url, org).organization.org == org


def test_an_app_from_first_to_last(command: Command, store_url: str, org: str) -> None:
    """Add prints the credentials; list, set and remove do what they say to an app."""
    command("orgs", "add", org)
    printed = dict(line.split() for line in command("apps", "add", "--org", org).splitlines())
    app = stored(store_url, org).organization.apps[1]
    assert printed == {"app_id": "1", "app_secret": app.secret}
    assert len(app.secret) >= 32
    assert (app.origins, [field.name for field in app.prechat_fields]) == ((), ["name", "email"])
    origins = ("--origin", "https://shop.example", "--origin", "null")
    prechat = ("--prechat", "email,phone:optional")
    command("apps", "set", "1", "--org", org, "--secret", "s3cret", "--name", "Shop", *origins, *prechat)
    app = stored(store_url, org).organization.apps[1]
    assert (app.secret, app.name, app.origins) == ("s3cret", "Shop", ("https://shop.example", "null"))
    assert app.prechat_fields == (PrechatField("email"), PrechatField("phone", required=False))
    command("apps", "set", "1", "--org", org, "--any-origin", "--prechat", "none")
    app = stored(store_url, org).organization.apps[1]
    assert (app.secret, app.origins, app.prechat_fields) == ("s3cret", (), ())
    assert "s3cret" in command("apps", "list", "--org", org)
    command("apps", "remove", "1", "--org", org)
    assert stored(store_url, org).organization.apps == {}


def test_app_ids_are_given_or_the_next(command: Command, store_url: str, org: str) -> None:
    """An app_id can be chosen; without one it is one more than the highest."""
    command("orgs", "add", org)
    command("apps", "add", "--org", org, "--app-id", "41", "--secret", "s")
    assert "42" in command("apps", "add", "--org", org)
    assert sorted(stored(store_url, org).organization.apps) == [41, 42]


def test_identity_keys_from_first_to_last(
    command: Command, refused: Callable[..., str], store_url: str, org: str
) -> None:
    """Two identity keys can be valid at a time, each printed once and never listed; a third is refused."""
    command("orgs", "add", org)
    printed = dict(line.split() for line in command("keys", "add", "identity", "--org", org).splitlines())
    assert stored(store_url, org).organization.identity_keys == {printed["kid"]: printed["key"]}
    command("keys", "add", "identity", "--org", org, "--kid", "next", "--key", "x" * 32)
    assert "1 and next" in refused(1, "keys", "add", "identity", "--org", org)
    listed = command("keys", "list", "--org", org)
    assert "next" in listed
    assert printed["key"] not in listed
    command("keys", "set", "identity", "next", "--org", org, "--key", "y" * 32)
    command("keys", "remove", "identity", "1", "--org", org)
    assert stored(store_url, org).organization.identity_keys == {"next": "y" * 32}


def test_api_keys_from_first_to_last(command: Command, org: str) -> None:
    """An API key is printed once, listed by id, name and scope, changed and removed."""
    command("orgs", "add", org)
    printed = command("keys", "add", "api", "--org", org, "--name", "backend")
    key = dict(line.split() for line in printed.splitlines())
    [listed] = json.loads(command("keys", "list", "--org", org, "--json"))
    assert listed == {"kind": "api", "id": key["id"], "name": "backend", "scope": "write"}
    command("keys", "set", "api", key["id"], "--org", org, "--name", "shop backend", "--scope", "read")
    [listed] = json.loads(command("keys", "list", "--org", org, "--json"))
    assert listed == {"kind": "api", "id": key["id"], "name": "shop backend", "scope": "read"}
    command("keys", "remove", "api", key["id"], "--org", org)
    assert json.loads(command("keys", "list", "--org", org, "--json")) == []


def test_secrets_can_come_from_standard_input(
    command: Command, store_url: str, org: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `-` a secret is read from standard input, where `ps` doesn't show it."""
    command("orgs", "add", org)
    monkeypatch.setattr("sys.stdin", io.StringIO("z" * 32 + "\n"))
    command("keys", "add", "identity", "--org", org, "--key", "-")
    assert stored(store_url, org).organization.identity_keys == {"1": "z" * 32}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("orgs", "add", "Not A Slug"), 2, ("'ORG'", "'Not A Slug'")),
        (
            ("apps", "set", "x", "--org", "o", "--name", "n"),
            2,
            ("'APP_ID'", "'x' is no whole number from 1 to"),
        ),
        (
            ("apps", "add", "--org", "o", "--app-id", "0"),
            2,
            ("'--app-id'", "'0' is no whole number from 1 to"),
        ),
        (("orgs", "add", "x", "--identity", "sometimes"), 2, ("'--identity'", "'sometimes'")),
        (("orgs", "add", "x", "--shards", "0"), 2, ("'--shards'", "0")),
        (("orgs", "set", "nobody"), 2, ("nothing to set", "--identity")),
        (("orgs", "set", "nobody", "--name", "x"), 1, ("'nobody'",)),
        (("orgs", "remove", "nobody", "--yes"), 1, ("'nobody'",)),
        (("apps", "add"), 2, ("'--org'",)),
        (("apps", "add", "--org", "nobody"), 1, ("'nobody'",)),
        (("apps", "add", "--org", "x", "--app-id", "one"), 2, ("'--app-id'", "'one'")),
        (("apps", "add", "--org", "x", "--origin", "shop.example/a"), 2, ("'--origin'", "'shop.example/a'")),
        (("apps", "add", "--org", "x", "--prechat", "name,age"), 2, ("'--prechat'", "'name,age'")),
        (("apps", "add", "--org", "x", "--prechat", "name,name"), 2, ("'--prechat'", "'name,name'")),
        (
            ("apps", "set", "1", "--org", "nobody"),
            2,
            ("nothing to set; give one of --secret, --name, --origin, --any-origin, --prechat (",),
        ),
        (("apps", "list", "--org", "nobody"), 1, ("'nobody'",)),
        (("keys", "add", "other", "--org", "x"), 2, ("'other'",)),
        (("keys", "add", "api", "--org", "x", "--kid", "1"), 2, ("--kid",)),
        (("keys", "add", "identity", "--org", "x", "--name", "1"), 2, ("--name",)),
        (("keys", "add", "identity", "--org", "x", "--kid", "1" * 65), 2, ("'--kid'", "'111")),
        (("keys", "set", "api", "1", "--org", "x"), 2, ("nothing to set", "--name")),
        (("keys", "remove", "identity", "1", "--org", "nobody"), 1, ("'nobody'",)),
    ],
)
def test_errors_name_the_option_and_quote_the_value(
    refused: Callable[..., str], words: tuple[str, ...], code: int, told: tuple[str, ...]
) -> None:
    """A wrong command line is answered in one line that names the option and quotes the value."""
    line = refused(code, *words)
    assert all(part in line for part in told), line


def test_a_secret_is_not_quoted(refused: Callable[..., str]) -> None:
    """A key that is too short is refused by its length; the line doesn't show it."""
    line = refused(2, "keys", "add", "identity", "--org", "x", "--key", "too-short-a-key")
    assert "'--key'" in line
    assert "15 bytes" in line
    assert "too-short" not in line


@pytest.mark.parametrize(("kind", "id_"), [("identity", "9"), ("api", "9")], ids=["identity", "api"])
def test_what_is_missing_in_an_organization_is_named(
    command: Command, refused: Callable[..., str], org: str, kind: str, id_: str
) -> None:
    """A key or an app that an organization doesn't have is named beside the organization."""
    command("orgs", "add", org)
    assert all(
        part in refused(1, "keys", "remove", kind, id_, "--org", org) for part in (repr(id_), repr(org))
    )
    assert "app 7" in refused(1, "apps", "remove", "7", "--org", org)


def test_the_running_servers_store_is_used(
    data: Path, org: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without ONETHREAD_REDIS_URL it is the data folder's store, whether a server runs it or not."""
    monkeypatch.delenv("ONETHREAD_REDIS_URL", raising=False)
    monkeypatch.setenv("ONETHREAD_DATA", str(data))
    assert run(["orgs", "add", org]) == 0
    with EmbeddedStore(data):
        assert run(["orgs", "set", org, "--name", "While it runs"]) == 0
    capsys.readouterr()
    assert run(["orgs", "list"]) == 0
    assert "While it runs" in capsys.readouterr().out


def test_a_store_that_is_away_is_named(
    refused: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that doesn't answer is an error that names the setting and its value, without the password."""
    monkeypatch.setenv("ONETHREAD_REDIS_URL", f"unix://{tmp_path}/none.sock?password=s3cr3t")
    line = refused(1, "orgs", "list")
    assert "ONETHREAD_REDIS_URL" in line
    assert "does not answer" in line
    assert "s3cr3t" not in line
