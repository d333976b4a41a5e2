"""What administrators add counts from their answer on: no hub refuses anybody by what it read before."""

import pytest

from tests.integration.acme import Acme, MakeAcme, new_user, token, user_hash
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture
from tests.integration.backend import both


async def held(org: Acme) -> None:
    """From here on the hub holds the organization for a while."""
    assert (await org.come()).ready["t"] == "ready"


async def test_an_app(acme: MakeAcme) -> None:
    """A page with the snippet of an app that was added a moment ago gets in, whatever its hub knew."""
    org, backend = await both(acme)
    await held(org)
    added = (await backend.call("POST", "/v1/apps", {"name": "Shop"})).json
    credentials = {**org.credentials, "app_id": added["app_id"], "app_secret": added["app_secret"]}
    customer = await org.come(credentials=credentials)
    assert customer.ready["role"] == "visitor"


@pytest.mark.parametrize("way", ["token", "user_hash"])
async def test_an_identity_key(acme: MakeAcme, way: str) -> None:
    """What a new key signs proves its customer at once."""
    org, backend = await both(acme, identity="signed")
    await held(org)
    key, user_id = (await backend.call("POST", "/v1/identity_keys", {"kid": "new"})).json["key"], new_user()
    if way == "token":
        customer = await org.come(token=token(user_id, kid="new", key=key))
    else:
        customer = await org.come(user={"user_id": user_id, "user_hash": user_hash(user_id, key)})
    assert customer.ready["identity"] == "signed"


async def test_a_key_that_signs_the_next_token(acme: MakeAcme) -> None:
    """A connection is renewed with a token of the new key at once."""
    org, backend = await both(acme, identity="signed")
    user_id = new_user()
    customer = await org.join(token=token(user_id))
    key = (await backend.call("POST", "/v1/identity_keys", {"kid": "new"})).json["key"]
    fresh = token(user_id, kid="new", key=key)
    assert (await customer.ask({"t": "auth", "token": fresh}, "authed"))["t"] == "authed"
