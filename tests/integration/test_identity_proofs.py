"""WIRE.md section 8, Proofs and Admitted, on the wire: tokens, their end, their refresh, what they lock."""

import pytest

from tests.integration.acme import MakeAcme, new_user, refused, token, user_hash
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture

KEYS = {"1": "hush-the-first-key-of-32-bytes-or-more", "2": "hush-the-second-key-of-32-bytes-or-more"}


async def test_either_of_two_keys_signs_by_its_kid(acme: MakeAcme) -> None:
    """Both keys are valid at a time, each under its own kid, and a user_hash by either."""
    org, user_id = await acme(identity="signed", identity_keys=KEYS), new_user()
    for kid, key in KEYS.items():
        customer = await org.come(token=token(user_id, kid=kid, key=key))
        assert (customer.ready["identity"], customer.ready["contact"]["user_id"]) == ("signed", user_id)
        assert 0 < customer.ready["expires_in_ms"] <= 3_600_000
        customer = await org.come(user={"user_id": user_id, "user_hash": user_hash(user_id, key)})
        assert customer.ready["identity"] == "signed"
        assert "expires_in_ms" not in customer.ready


@pytest.mark.parametrize(
    "wrong",
    [
        {"kid": "2", "key": KEYS["1"]},
        {"kid": "3", "key": KEYS["1"]},
        {"kid": None, "key": KEYS["1"]},
        {"alg": "none"},
        {"alg": "HS512", "key": KEYS["1"]},
        {"key": KEYS["1"], "lives": None},
        {"key": "hush-a-key-that-nobody-has-ever-given"},
    ],
)
async def test_a_token_otherwise_is_refused_under_every_policy(acme: MakeAcme, wrong: dict) -> None:
    """Another key's kid, none, an unknown one, other algorithms, no exp: refused, `open` included."""
    for policy in ("open", "sticky", "signed"):
        org, user_id = await acme(identity=policy, identity_keys=KEYS), new_user()
        assert refused(customer := await org.come(token=token(user_id, **wrong), user={"user_id": user_id}))
        assert "clean" in customer.ready


async def test_a_token_for_somebody_else_is_refused(acme: MakeAcme) -> None:
    """`sub` must be the frame's `user_id`; with none in the frame and a bad token there is no `clean`."""
    org = await acme()
    assert refused(await org.come(token=token(new_user()), user={"user_id": new_user()}))
    nameless = await org.come(token="nonsense")
    assert refused(nameless)
    assert "clean" not in nameless.ready


async def test_on_refused_close_is_an_error_and_4403(acme: MakeAcme) -> None:
    """With `on_refused: close` there is no clean chat."""
    org = await acme(identity="signed", on_refused="close")
    error, code = await org.turned_away(user={"user_id": new_user()})
    assert (error["code"], error["reason"], code) == (403, "identity_refused", 4403)


async def test_a_token_that_expires_ends_its_connection(acme: MakeAcme) -> None:
    """At `exp` plus 30 s of leeway: 401 `token_expired`, close 4401; refused refreshes change nothing."""
    org, user_id = await acme(), new_user()
    customer = await org.join(token=token(user_id, lives=-28))
    assert customer.ready["expires_in_ms"] == 0
    for wrong in (
        token(new_user()),
        token(user_id, key="hush-no-key-of-this-organization-at-all"),
        "nonsense",
    ):
        error = await customer.ask({"t": "auth", "token": wrong}, "authed")
        assert (error["code"], error["reason"]) == (403, "identity_refused")
    error = await customer.next("error")
    assert (error["code"], error["reason"]) == (401, "token_expired")
    assert await customer.closed() == 4401


async def test_a_fresh_token_takes_the_old_ones_place(acme: MakeAcme) -> None:
    """After `auth` the connection outlives the first token; an `auth` on an unsigned one is refused."""
    org, user_id = await acme(), new_user()
    customer = await org.join(token=token(user_id, lives=-29))
    answer = await customer.ask({"t": "auth", "token": token(user_id, lives=-28)}, "authed")
    assert answer["t"] == "authed"
    answer = await customer.ask({"t": "auth", "token": token(user_id)}, "authed")
    assert 0 < answer["expires_in_ms"] <= 3_600_000
    await customer.say("hush-still here")
    visitor = await org.join()
    assert (await visitor.ask({"t": "auth", "token": token(user_id)}, "authed"))[
        "reason"
    ] == "identity_refused"


async def test_what_a_token_sets_is_locked_to_its_customer(acme: MakeAcme) -> None:
    """Claims override the frame and are locked for good: `field_locked`, and passed over in a later init."""
    org, user_id = await acme(identity="open"), new_user()
    claims = {"name": "Mia", "custom_data": {"plan": "gold"}}
    frame = {
        "user_id": user_id,
        "name": "Mallory",
        "phone": "1",
        "custom_data": {"plan": "lead", "mood": "good"},
    }
    customer = await org.join(token=token(user_id, **claims), user=frame)
    assert (customer.ready["contact"]["name"], customer.ready["contact"]["phone"]) == ("Mia", "1")
    for locked in (
        {"name": "Mallory"},
        {"name": None},
        {"custom_data": {"plan": "x"}},
        {"name": "x", "phone": "2"},
    ):
        error = await customer.ask({"t": "profile", "user": locked}, "profile")
        assert (error["code"], error["reason"]) == (403, "field_locked")
    answer = await customer.ask(
        {"t": "profile", "user": {"phone": None, "custom_data": {"mood": None}}}, "profile"
    )
    assert "phone" not in answer["contact"]
    again = await org.join(user={"user_id": user_id, "name": "Mallory", "email": "m@acme.test"})
    assert (again.ready["contact"]["name"], again.ready["contact"]["email"]) == ("Mia", "m@acme.test")


@pytest.mark.parametrize("claims", [{"name": 7}, {"email": ""}, {"custom_data": []}, {"phone": "1" * 65}])
async def test_a_claim_of_the_wrong_type_is_400(acme: MakeAcme, claims: dict) -> None:
    """`bad_field` naming the claim; nothing is created and the init may be repeated."""
    org, user_id = await acme(), new_user()
    customer = await org.dial()
    await customer.init(credentials=org.credentials, token=token(user_id, **claims))
    error = await customer.next("error")
    assert (error["code"], error["reason"]) == (400, "bad_field")
    assert f"token.{next(iter(claims))}" in error["message"]
    assert await org.keys() == set()
    await customer.init(credentials=org.credentials, token=token(user_id))
    assert (await customer.next("ready"))["identity"] == "signed"
