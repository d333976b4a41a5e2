"""`onethread agents` and `onethread audit`, as an administrator types them, against a real store."""

import asyncio
import io
import json
import secrets
from collections.abc import Callable

import pytest

from onethread.agents.passwords import Passwords
from onethread.agents.roster import Roster
from onethread.cli import run
from onethread.store.accounts import Accounts
from onethread.store.organizations import open_admin_client

KEY = "k" * 40
Command = Callable[..., str]
VARIABLE = "ONETHREAD_AGENT_PASSWORD"


@pytest.fixture
def command(store_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command line that must succeed, on the session's store; returns what it printed."""
    monkeypatch.setenv("ONETHREAD_REDIS_URL", store_url)
    monkeypatch.setenv("ONETHREAD_SECRET_KEY", KEY)
    monkeypatch.setenv(VARIABLE, "hush-from-the-environment")

    def succeed(*words: str) -> str:
        code = run(words)
        printed = capsys.readouterr()
        assert (code, printed.err) == (0, "")
        return printed.out

    return succeed


@pytest.fixture
def org(command: Command) -> str:
    """An organization of the test's own."""
    name = f"org-{secrets.token_hex(6)}"
    command("orgs", "add", name)
    return name


@pytest.fixture
def refused(command: Command, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run a command line that must fail with this code; returns its one line on standard error."""

    def fail(code: int, *words: str) -> str:
        assert run(words) == code
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("onethread: ")
        assert printed.err.count("\n") == 1
        assert "hush" not in printed.err
        return printed.err

    return fail


def roster(store_url: str, org: str) -> Roster:
    async def read() -> Roster:
        client = open_admin_client(store_url)
        try:
            return await Accounts(client).roster(org)
        finally:
            await client.aclose()

    return asyncio.run(read())


def opens(password: str, hashed: str) -> bool:
    async def matches() -> bool:
        return await Passwords().matches(password, hashed)

    return asyncio.run(matches())


def test_an_agent_from_first_to_last(command: Command, store_url: str, org: str) -> None:
    """Add, list, set and remove do what they say; the password is stored as a hash and shown nowhere."""
    command("agents", "add", "ana@acme.test", "--org", org, "--name", "Ana", "--role", "admin")
    command("agents", "add", "ben@acme.test", "--org", org)
    ana, ben = roster(store_url, org).accounts.values()
    assert (ana.name, ana.role, ben.name, ben.role) == ("Ana", "admin", "ben", "agent")
    assert opens("hush-from-the-environment", ana.password)
    listed = command("agents", "list", "--org", org)
    assert "argon2" not in listed
    assert json.loads(command("agents", "list", "--org", org, "--json"))[0] == {
        "id": ana.id, "email": "ana@acme.test", "name": "Ana", "role": "admin",
    }  # fmt: skip
    command("agents", "set", ben.id, "--org", org, "--email", "benno@acme.test", "--role", "admin")
    assert roster(store_url, org).find("benno@acme.test").generation == 0
    command("agents", "remove", "ANA@acme.test", "--org", org)
    assert list(roster(store_url, org).accounts) == [ben.id]


def test_a_new_password_comes_from_standard_input_and_ends_sessions(
    command: Command, store_url: str, org: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first line, without the line's end; sessions of the generation before are good no more."""
    command("agents", "add", "ana@acme.test", "--org", org)
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setattr("sys.stdin", io.StringIO("a new password\nnot this\n"))
    command("agents", "set", "ana@acme.test", "--org", org, "--password")
    ana = roster(store_url, org).find("ana@acme.test")
    assert opens("a new password", ana.password)
    assert ana.generation == 1


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", "nobody"), 2, ("'EMAIL'", "'nobody'")),
        (("add", "a@b.test", "--role", "boss"), 2, ("'--role'", "'boss'")),
        (("add", "a@b.test", "--name", " "), 2, ("'--name'", "' '")),
        (("set", "a@b.test"), 2, ("nothing to set", "--password")),
        (("set", "a@b.test", "--name", "x"), 1, ("'a@b.test'",)),
        (("remove", "ag_nobody"), 1, ("'ag_nobody'",)),
        (("add", "twice@acme.test"), 1, ("'twice@acme.test'", "already")),
    ],
)
def test_errors_name_the_option_and_quote_the_value(
    command: Command, refused: Callable[..., str], org: str, words: tuple[str, ...], code: int,
    told: tuple[str, ...],
) -> None:  # fmt: skip
    """A wrong command line is answered in one line that names the option and quotes the value."""
    command("agents", "add", "twice@acme.test", "--org", org)
    line = refused(code, "agents", *words, "--org", org)
    assert all(part in line for part in told), line


@pytest.mark.parametrize("words", [("agents", "add", "a@b.test"), ("agents", "list"), ("audit",)])
def test_an_organization_that_is_not_there_is_named(
    refused: Callable[..., str], words: tuple[str, ...]
) -> None:
    """Nothing is made for it."""
    assert "'nobody'" in refused(1, *words, "--org", "nobody")


@pytest.mark.parametrize("password", ["hush", "hush" * 70])
def test_a_password_that_can_not_be_one_is_not_quoted(
    refused: Callable[..., str], store_url: str, org: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its length and where it came from are told; nobody is added."""
    monkeypatch.setenv(VARIABLE, password)
    line = refused(1, "agents", "add", "a@b.test", "--org", org)
    assert VARIABLE in line
    assert f"{len(password)} characters" in line
    assert roster(store_url, org).accounts == {}


def test_the_audit_log_has_who_did_what_and_no_secret(command: Command, org: str) -> None:
    """Every command that changed something, newest first; names, e-mails, keys and passwords are in none."""
    command("orgs", "set", org, "--identity", "signed", "--name", "hush-name")
    command("apps", "add", "--org", org, "--secret", "hush-secret")
    command("keys", "add", "identity", "--org", org, "--key", "hush" * 10)
    key = dict(line.split() for line in command("keys", "add", "api", "--org", org).splitlines())
    command("keys", "remove", "api", key["id"], "--org", org)
    command("agents", "add", "hush@acme.test", "--org", org)
    [agent] = json.loads(command("agents", "list", "--org", org, "--json"))
    command("agents", "set", agent["id"], "--org", org, "--role", "admin")
    command("agents", "set", agent["id"], "--org", org, "--role", "admin")  # changes nothing
    command("agents", "remove", agent["id"], "--org", org)
    printed = command("audit", "--org", org, "--json")
    acts = json.loads(printed)
    assert [(act["action"], act["subject"], act["fields"]) for act in acts] == [
        ("agent.removed", agent["id"], []),
        ("agent.changed", agent["id"], ["role"]),
        ("agent.added", agent["id"], []),
        ("api_key.removed", key["id"], []),
        ("api_key.added", key["id"], []),
        ("identity_key.added", "1", []),
        ("app.added", "1", []),
        ("organization.changed", org, ["name", "identity"]),
        ("organization.added", org, []),
    ]
    assert {act["by"] for act in acts} == {"command"}
    assert "hush" not in printed
    assert [
        act["action"] for act in json.loads(command("audit", "--org", org, "--limit", "1", "--json"))
    ] == ["agent.removed"]
    assert "organization.added" in command("audit", "--org", org)
