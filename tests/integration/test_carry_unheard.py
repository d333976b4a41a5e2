"""P7 for a thread that was carried away: its people are told, though no word of it was heard."""

from onethread.hub.carry import Carry, Sealed
from onethread.hub.keys import ThreadKeys
from onethread.identity.organization import Organization
from onethread.store.carries import Carries
from onethread.store.link import Link
from tests.integration.acme import MakeAcme, new_user
from tests.integration.acme import acme_fixture as acme_fixture
from tests.integration.acme import quiet_fixture as quiet_fixture


class Unheard(Carries):
    """The real store, but nobody hears that a thread was sealed."""

    async def seal(self, keys: ThreadKeys, to: str) -> Sealed | None:
        """Seal as ever; the word of it goes to a channel that no hub listens to."""
        unheard = ThreadKeys(keys.org, keys.thread)
        unheard.channel += b":unheard"
        return await super().seal(unheard, to)


async def test_p7_a_lost_word_of_a_carry_closes_4409(acme: MakeAcme) -> None:
    """Whether anything is left of the carried thread or ever was: its connections are found, and end."""
    org = await acme()
    owner, stored, unstored = await org.join(user={"user_id": new_user()}), await org.join(), await org.join()
    await stored.say("hush-hello")
    organization = Organization(org=org.credentials["org"], name="Acme")
    async with Link(org.server.store_url) as link:
        await link.ready()
        for visitor in (stored, unstored):
            went = await Carry(Unheard(link), organization, "-" * 16).run(visitor.thread, owner.thread)
            assert went == owner.thread
    assert [await visitor.closed() for visitor in (stored, unstored)] == [4409, 4409]
