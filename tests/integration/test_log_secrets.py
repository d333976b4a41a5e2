"""The server's log holds no secret and nothing that people wrote, whatever goes wrong meanwhile."""

from collections.abc import Awaitable, Callable

from tests.integration.acme import Acme, new_user, secret, token
from tests.integration.hubs import beside, until
from tests.integration.serving import IDENTITY_KEY, Running
from tests.integration.wire import Customer, Frame, new_cid
from tests.store.link_store import Valkey

MakeServer = Callable[..., Awaitable[Running]]


class Told:
    """What was told to the server and must not be in its log."""

    def __init__(self) -> None:
        self.secrets: list[str] = [IDENTITY_KEY]

    def new(self) -> str:
        """A secret, or a text."""
        return self.keep(secret())

    def keep(self, value: str) -> str:
        """Note this one."""
        self.secrets.append(value)
        return value

    def proof(self, user_id: str, lives: float = 3600) -> str:
        """A JWT."""
        return self.keep(token(user_id, lives=lives))


async def bad_frames(customer: Customer, told: Told) -> None:
    """Frames that are refused, with secrets in them."""
    long = told.new() * 1_000
    frames: list[Frame] = [
        {"t": "send", "cid": new_cid(), "text": long},
        {"t": "send", "cid": "", "text": told.new()},
        {"t": "send", "cid": new_cid(), "text": {"text": told.new()}},
        {"t": "auth", "token": told.new()},
        {"t": "auth", "token": long},
        {"t": told.new(), "text": told.new()},
        {"t": "init", "app_secret": long, "visitor": told.new()},
        {"t": "edit", "cid": new_cid(), "target": 9, "target_id": "i", "text": told.new()},
    ]
    for frame in frames:
        await customer.send(frame)
        assert (await customer.next("error"))["code"] in {400, 403, 404, 409}
    await customer.socket.send(told.new())
    assert (await customer.next("error"))["reason"] == "bad_frame"


async def come_and_go(org: Acme, told: Told) -> Customer:
    """Every way in, the refused ones too, and a carry; the contact's connection."""
    user = {"user_id": new_user(), "security_hash": told.new()}
    home = await org.join(user=user)
    async with beside(org.server, home, org.credentials["org"]) as log:
        found = await log.store.look_up(log.keys.org, 0, thread=home.thread)
    assert found
    assert found.contact
    assert found.contact.pin
    told.keep(found.contact.pin)
    wrong = {**user, "security_hash": told.new()}
    clean = await org.join(user=wrong)
    await clean.say(told.new())
    await org.join(user=wrong, clean=told.keep(clean.ready["clean"]))
    visitor = await org.join()
    await visitor.say(told.new())
    await org.join(user=user, visitor=told.keep(visitor.ready["visitor"]))
    assert await visitor.closed() == 4409
    await org.join(user={"user_id": new_user()}, token=told.proof("somebody else"))
    await org.turned_away(token=told.proof("user", lives=-60))
    await org.turned_away(credentials={**org.credentials, "app_secret": told.new()})
    await bad_frames(home, told)
    return home


async def test_the_log_has_no_secret_and_no_text(make_server: MakeServer, valkey: Valkey) -> None:
    """Tokens, app secrets, hashes (given and stored), proofs and texts: through refusals, bad frames, a store
    that goes away in the middle, and the end."""
    told = Told()
    server = await make_server(store_url=valkey.url, ONETHREAD_APP_SECERT=told.new())
    app_secret = told.new()
    await server.organize("acme", app={"secret": app_secret})
    org = Acme(server, {"org": "acme", "app_id": 1, "app_secret": app_secret})
    home = await come_and_go(org, told)
    careless = await org.dial(f"{server.url}?app_secret={told.new()}&token={told.new()}")
    valkey.kill()
    lost = {"t": "send", "cid": new_cid(), "text": told.new()}
    assert (await home.ask(lost, "ack"))["code"] == 503
    await careless.init(credentials=org.credentials, visitor=told.new())
    assert (await careless.next("error"))["code"] == 503
    valkey.start()

    async def said() -> bool:
        return bool((await home.ask(lost, "ack"))["t"] == "ack")

    await until(said)
    await org.close()
    assert await server.stop() == 0
    logged = server.log()
    assert "ONETHREAD_APP_SECERT" in logged  # what is asked about below is a log that has something in it
    assert [value for value in told.secrets if value in logged] == []
    assert "hush-" not in logged
