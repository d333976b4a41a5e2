"""WIRE.md section 8 on the wire: the table's rows in their order, under each policy."""

import pytest

from tests.integration.acme import MakeAcme, new_user, refused, secret, token, user_hash
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.wire import Customer, Frame


@pytest.mark.parametrize("wrong", ["org", "app_id", "app_secret"])
async def test_wrong_credentials_get_one_answer_whichever_is_wrong(acme: MakeAcme, wrong: str) -> None:
    """401 `bad_credentials`, close 4401; the answer does not tell whether org, app or secret was wrong."""
    right = await acme()
    bad = {**right.credentials, wrong: 77 if wrong == "app_id" else secret()}
    expected = await right.turned_away(credentials={**right.credentials, "app_secret": secret()})
    error, code = await right.turned_away(credentials=bad, user={"user_id": new_user()})
    assert (error, code) == expected
    assert (error["code"], error["reason"], code) == (401, "bad_credentials", 4401)
    assert await right.keys() == set()


async def test_another_apps_secret_is_no_credential(acme: MakeAcme) -> None:
    """An organization's second app and another organization's app don't lend their secrets."""
    first = await acme(apps={1: {"app_id": 1, "secret": "one"}, 2: {"app_id": 2, "secret": "two"}})
    other = await acme(app={"secret": "three"})
    for bad in (first.credentials | {"app_secret": "two"}, other.credentials | {"app_secret": "one"}):
        error, code = await first.turned_away(credentials=bad)
        assert (error["reason"], code) == ("bad_credentials", 4401)


LISTED = ("https://shop.test", "http://localhost:5173", "null")


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "https://shop.test",
        "HTTPS://Shop.Test",
        "https://shop.test:443",
        "http://localhost:5173",
        "null",
    ],
)
async def test_a_listed_origin_is_let_in(acme: MakeAcme, origin: str | None) -> None:
    """No header, a listed Origin however it is spelled, and `null` if it is listed."""
    org = await acme(app={"origins": LISTED})
    customer = await org.come(origin=origin)
    assert customer.ready["role"] == "visitor"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.test",
        "http://shop.test",
        "https://shop.test:8443",
        "https://shop.test.evil.test",
        "https://sub.shop.test",
        "http://localhost",
        "http://localhost:51730",
    ],
)
async def test_another_origin_is_turned_away(acme: MakeAcme, origin: str) -> None:
    """403 `origin_refused`, close 4401, for another scheme, host or port."""
    org = await acme(app={"origins": LISTED})
    error, code = await org.turned_away(origin=origin)
    assert (error["code"], error["reason"], code) == (403, "origin_refused", 4401)


async def test_null_must_be_listed_and_an_empty_list_allows_all(acme: MakeAcme) -> None:
    """`null` is an Origin like another; an app with no list takes every page."""
    strict = await acme(app={"origins": ("https://shop.test",)})
    error, code = await strict.turned_away(origin="null")
    assert (error["reason"], code) == ("origin_refused", 4401)
    free = await acme()
    for origin in ("null", "https://anywhere.test"):
        customer = await free.come(origin=origin)
        assert customer.ready["role"] == "visitor"


async def test_credentials_are_asked_before_the_origin_and_both_before_the_token(acme: MakeAcme) -> None:
    """The first row that applies decides."""
    org = await acme(app={"origins": ("https://shop.test",)})
    expired = token(new_user(), lives=-60)
    wrong = {**org.credentials, "app_secret": secret()}
    error, _ = await org.turned_away(credentials=wrong, origin="https://evil.test", token=expired)
    assert error["reason"] == "bad_credentials"
    error, _ = await org.turned_away(origin="https://evil.test", token=expired)
    assert error["reason"] == "origin_refused"
    error, code = await org.turned_away(token=expired)
    assert (error["code"], error["reason"], code) == (401, "token_expired", 4401)
    assert await org.keys() == set()


HASH = {"security_hash": "hush-the-right-one"}
OTHER = {"security_hash": "hush-another-one"}


@pytest.mark.parametrize(
    ("policy", "before", "given", "outcome"),
    [
        ("open", [], {}, "open"),
        ("open", [], HASH, "pinned"),
        ("open", [HASH], HASH, "pinned"),
        ("open", [HASH], OTHER, "refused"),
        ("open", [HASH], {}, "refused"),
        ("open", ["signed"], {}, "open"),
        ("open", ["signed"], HASH, "pinned"),
        ("open", [HASH], "signed", "signed"),
        ("open", [{}], HASH, "pinned"),
        ("open", [], "badly signed", "refused"),
        ("sticky", [], {}, "open"),
        ("sticky", [], HASH, "pinned"),
        ("sticky", [HASH], HASH, "pinned"),
        ("sticky", [HASH], OTHER, "refused"),
        ("sticky", [HASH], {}, "refused"),
        ("sticky", ["signed"], {}, "refused"),
        ("sticky", ["signed"], HASH, "refused"),
        ("sticky", [HASH, "signed"], HASH, "refused"),
        ("sticky", [HASH], "signed", "signed"),
        ("sticky", ["signed"], "signed", "signed"),
        ("sticky", [HASH], "badly signed", "refused"),
        ("signed", [], {}, "refused"),
        ("signed", [], HASH, "refused"),
        ("signed", [], "signed", "signed"),
        ("signed", ["signed"], {}, "refused"),
        ("signed", [], "badly signed", "refused"),
    ],
)
async def test_the_table_decides(
    acme: MakeAcme, policy: str, before: list[Frame | str], given: Frame | str, outcome: str
) -> None:
    """Each row for a `user_id`, after what was given before it, by what the policy makes of it."""
    org, user_id = await acme(identity=policy), new_user()

    async def come(with_: Frame | str) -> Customer:
        proof = {"signed": {"user_hash": user_hash(user_id)}, "badly signed": {"user_hash": user_hash("x")}}
        fields = proof[with_] if isinstance(with_, str) else with_
        return await org.come(user={"user_id": user_id, **fields})

    for earlier in before:
        await (await come(earlier)).close()
    customer = await come(given)
    if outcome == "refused":
        assert refused(customer)
    else:
        assert (customer.ready["identity"], customer.ready["role"]) == (outcome, "contact")
        assert customer.ready["contact"]["user_id"] == user_id
        assert customer.ready["contact"]["authenticated"] is True
        assert customer.ready["prechat"] is None
        assert "visitor" not in customer.ready


async def test_with_backend_pinning_a_given_hash_is_ignored(acme: MakeAcme) -> None:
    """With `pinning: backend` no init pins: whatever hash is given, the contact is admitted as `open`."""
    org, user_id = await acme(pinning="backend"), new_user()
    first = await org.come(user={"user_id": user_id, "security_hash": secret()})
    assert first.ready["identity"] == "open"
    for fields in ({}, {"security_hash": secret()}):
        again = await org.come(user={"user_id": user_id, **fields})
        assert (again.ready["identity"], again.thread) == ("open", first.thread)
    assert {frame["t"] for frame in await first.settled()} - {"presence"} == {"replay"}


async def test_a_bad_field_creates_nothing(acme: MakeAcme) -> None:
    """A `user_id` that is a number, empty or has a NUL is 400 and named; the connection may try again."""
    org = await acme()
    customer = await org.dial()
    for wrong, quoted in (
        (12345, "12345"),
        ("", '""'),
        (None, "null"),
        ("x" * 256, "x" * 60),
        ("1\0", "1\ufffd"),
    ):
        await customer.init(credentials=org.credentials, user={"user_id": wrong})
        error = await customer.next("error")
        assert (error["code"], error["reason"]) == (400, "bad_field")
        assert "user.user_id" in error["message"]
        assert quoted in error["message"]
        assert len(error["message"]) < 250
    assert await org.keys() == set()
    await customer.init(credentials=org.credentials, user={"user_id": "12345"})
    assert (await customer.next("ready"))["identity"] == "open"
