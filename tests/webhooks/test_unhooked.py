"""How long a hub may hold that nobody is to be told."""

import asyncio
import secrets

from onethread.store.link import Link
from onethread.store.unhooked import TRUSTED, Unhooked
from tests.webhooks.shop import Shop


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def answered(link: Link) -> None:
    """Everything that was asked up to now has its answer."""
    await link.command("PING")
    await asyncio.sleep(0)


async def test_it_is_sure_only_of_what_was_so_just_now(store_url: str) -> None:
    """From the answer on, for TRUSTED seconds after the question; used meanwhile, it asks again in time."""
    clock, org = Clock(), secrets.token_hex(6)
    async with Link(store_url) as link:
        await link.ready()
        unhooked = Unhooked(link, clock)
        assert not unhooked.sure(org)
        await answered(link)
        assert unhooked.sure(org)
        clock.now += TRUSTED - 0.01
        assert unhooked.sure(org)
        await answered(link)
        clock.now += TRUSTED - 0.01
        assert unhooked.sure(org)
        clock.now += TRUSTED
        assert not unhooked.sure(org)


async def test_with_a_webhook_it_is_never_sure(shop: Shop) -> None:
    """And without one again, it is."""
    clock = Clock()
    unhooked = Unhooked(shop.log.link, clock)
    webhook = await shop.hook()
    for removed in (False, True):
        if removed:
            await shop.remove(webhook)
        unhooked.sure(shop.organization.org)
        await answered(shop.log.link)
        assert unhooked.sure(shop.organization.org) is removed
        clock.now += TRUSTED


async def test_it_is_not_sure_while_the_store_is_away() -> None:
    """Nobody is asked, so nothing is known."""
    clock = Clock()
    async with Link("unix:///nowhere/store.sock", patience=0.01) as link:
        unhooked = Unhooked(link, clock)
        for _ in range(3):
            assert not unhooked.sure("shop")
            clock.now += TRUSTED
            await asyncio.sleep(0.02)
