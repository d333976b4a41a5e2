"""Settings: what an environment's texts become, and what is said of those that can't be used."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from onethread.settings import SETTINGS, Settings, SettingsError, load, unknown

KEY = "0123456789abcdef0123456789abcdef"


def test_defaults_are_those_of_the_design() -> None:
    """An empty environment gives the defaults that DESIGN.md section 5 promises."""
    assert load({}) == Settings(
        redis_url=None,
        data=Path("data"),
        host="127.0.0.1",
        port=8000,
        secret_key=None,
        sends_per_second=10,
        send_burst=30,
        connections_per_address=200,
        inits_per_minute=300,
        refusals_per_minute=20,
        requests_per_second=50,
        buffer=1024 * 1024,
        heartbeat=25,
        init_timeout=10,
        drain=20,
        trusted_proxies=(),
        webhook_allow_private=(),
    )


def test_every_field_has_a_setting() -> None:
    """Each field of Settings is read from one ONETHREAD_ variable, and each such variable fills one field."""
    assert sorted(setting.field for setting in SETTINGS) == sorted(Settings.__struct_fields__)
    assert all(setting.variable == f"ONETHREAD_{setting.field.upper()}" for setting in SETTINGS)


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("ONETHREAD_REDIS_URL", "redis://store:6379/1", "redis://store:6379/1"),
        ("ONETHREAD_REDIS_URL", "unix:///run/store.sock", "unix:///run/store.sock"),
        ("ONETHREAD_DATA", "/var/lib/onethread", Path("/var/lib/onethread")),
        ("ONETHREAD_DATA", "~/onethread", Path.home() / "onethread"),
        ("ONETHREAD_HOST", "::1", "::1"),
        ("ONETHREAD_PORT", "9000", 9000),
        ("ONETHREAD_PORT", "0", 0),
        ("ONETHREAD_SECRET_KEY", KEY, KEY.encode()),
        ("ONETHREAD_SENDS_PER_SECOND", "0.5", 0.5),
        ("ONETHREAD_SENDS_PER_SECOND", "0", 0),
        ("ONETHREAD_SEND_BURST", "7", 7),
        ("ONETHREAD_CONNECTIONS_PER_ADDRESS", "0", 0),
        ("ONETHREAD_BUFFER", "1048576", 2**20),
        ("ONETHREAD_BUFFER", "2MiB", 2**21),
        ("ONETHREAD_BUFFER", "512 kib", 2**19),
        ("ONETHREAD_HEARTBEAT", "2.5", 2.5),
        ("ONETHREAD_DRAIN", " 5s ", 5),
        ("ONETHREAD_TRUSTED_PROXIES", "10.0.0.0/8, ::1", (ip_network("10.0.0.0/8"), ip_network("::1/128"))),
        ("ONETHREAD_WEBHOOK_ALLOW_PRIVATE", "10.0.0.0/8", (ip_network("10.0.0.0/8"),)),
        ("ONETHREAD_WEBHOOK_ALLOW_PRIVATE", "All", (ip_network("0.0.0.0/0"), ip_network("::/0"))),
        ("ONETHREAD_WEBHOOK_ALLOW_PRIVATE", "true", (ip_network("0.0.0.0/0"), ip_network("::/0"))),
    ],
)
def test_values_are_read(variable: str, text: str, value: object) -> None:
    """A setting's text, with a unit where it has one, becomes a value of the field's type."""
    field = next(setting.field for setting in SETTINGS if setting.variable == variable)
    assert getattr(load({variable: text}), field) == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("ONETHREAD_REDIS_URL", "http://store"),
        ("ONETHREAD_REDIS_URL", "store:6379"),
        ("ONETHREAD_REDIS_URL", "redis://store:port"),
        ("ONETHREAD_REDIS_URL", "redis://store:99999"),
        ("ONETHREAD_REDIS_URL", "redis://"),
        ("ONETHREAD_REDIS_URL", "redis://[::1"),
        ("ONETHREAD_REDIS_URL", "unix://"),
        ("ONETHREAD_PORT", "65536"),
        ("ONETHREAD_PORT", "-1"),
        ("ONETHREAD_PORT", "tcp://10.0.0.1:80"),
        ("PORT", "eighty"),
        ("ONETHREAD_SENDS_PER_SECOND", "nan"),
        ("ONETHREAD_SENDS_PER_SECOND", "inf"),
        ("ONETHREAD_SENDS_PER_SECOND", "-1"),
        ("ONETHREAD_SEND_BURST", "1.5"),
        ("ONETHREAD_INITS_PER_MINUTE", "many"),
        ("ONETHREAD_BUFFER", "1 EiB"),
        ("ONETHREAD_BUFFER", "1KiB"),
        ("ONETHREAD_BUFFER", "-1"),
        ("ONETHREAD_HEARTBEAT", "0"),
        ("ONETHREAD_HEARTBEAT", "25 minutes"),
        ("ONETHREAD_TRUSTED_PROXIES", "10.0.0.5/8"),
        ("ONETHREAD_TRUSTED_PROXIES", "proxy.example"),
        ("ONETHREAD_WEBHOOK_ALLOW_PRIVATE", "no"),
    ],
)
def test_errors_name_the_variable_and_quote_the_value(variable: str, text: str) -> None:
    """A value that can't be used is refused with its variable's name and its text in quotes."""
    with pytest.raises(SettingsError, match=variable) as refused:
        load({variable: text})
    assert repr(text) in str(refused.value)


def test_a_key_is_not_quoted() -> None:
    """A server key that is too short is refused by its length; the error doesn't hold it."""
    with pytest.raises(SettingsError, match=r"ONETHREAD_SECRET_KEY.* 9 bytes") as refused:
        load({"ONETHREAD_SECRET_KEY": "too-short"})
    assert "too-short" not in str(refused.value)


@pytest.mark.parametrize("url", ["htp://user:pass/wo@rd@store", "htp:///store.sock?password=pass/wo@rd"])
def test_a_password_is_not_quoted(url: str) -> None:
    """A store's address that can't be used is quoted without its password."""
    with pytest.raises(SettingsError, match="ONETHREAD_REDIS_URL") as refused:
        load({"ONETHREAD_REDIS_URL": url})
    assert "wo@rd" not in str(refused.value)


def test_long_values_are_shortened() -> None:
    """An error quotes at most 64 characters of a value."""
    with pytest.raises(SettingsError) as refused:
        load({"ONETHREAD_PORT": "9" * 1000})
    assert len(str(refused.value)) < 200


def test_port_is_heeded_after_our_own() -> None:
    """PORT counts when ONETHREAD_PORT isn't set."""
    assert load({"PORT": "5100"}).port == 5100
    assert load({"PORT": "5100", "ONETHREAD_PORT": "9000"}).port == 9000


def test_limits_of_an_address_say_whose_they_are() -> None:
    """Each process counts for itself, so more workers let more in: every such setting says it."""
    meanings = [setting.meaning for setting in SETTINGS if "client address" in setting.meaning]
    assert len(meanings) == 3
    assert all("of each process" in meaning for meaning in meanings)


def test_empty_is_not_set() -> None:
    """An empty or blank value counts as none: compose files produce them."""
    assert load(dict.fromkeys((setting.variable for setting in SETTINGS), " ")) == load({})


def test_unknown_variables_are_told() -> None:
    """A variable with our prefix that is no setting is found; others are none of our business."""
    assert unknown({"ONETHREAD_HEARTBEET": "1", "ONETHREAD_PORT": "1", "PATH": "/bin"}) == [
        "ONETHREAD_HEARTBEET"
    ]
