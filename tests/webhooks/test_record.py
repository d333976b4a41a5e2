"""The document of an organization's webhooks."""

import msgspec
import pytest

from onethread.agents.audit import differences
from onethread.identity.record import Full, Missing
from onethread.webhooks.record import (
    EVENT_TYPES,
    MOST,
    OVERLAP_MS,
    Webhook,
    Webhooks,
    add,
    change,
    decode,
    end,
    forget,
    new_webhook,
    rotate,
)

URL = "https://shop.example/hooks?key=hush"


@pytest.fixture
def webhook() -> Webhook:
    """One that wants to hear everything."""
    return new_webhook(URL, (), 1)


def test_one_without_types_hears_all(webhook: Webhook) -> None:
    """Types are kept once each, in one order."""
    assert webhook.events == EVENT_TYPES
    twice = new_webhook(URL, ("thread.status", "message.created", "thread.status"), 1)
    assert twice.events == ("message.created", "thread.status")
    assert webhook.id != twice.id
    assert webhook.secret != twice.secret


def test_there_are_only_so_many(webhook: Webhook) -> None:
    """A removed one makes room; every change has a version of its own."""
    webhooks = Webhooks()
    for number in range(MOST):
        webhooks = add(webhooks, new_webhook(URL, (), number))
        assert webhooks.version == number + 1
    with pytest.raises(Full):
        add(webhooks, webhook)
    after = add(end(webhooks, next(iter(webhooks.webhooks))), webhook)
    assert len(after.live) == MOST
    assert len(after.webhooks) == MOST + 1


def test_a_removed_one_is_there_for_nobody(webhook: Webhook) -> None:
    """It can't be found, changed or removed again, signs nothing, and is forgotten in the end."""
    webhooks = end(add(Webhooks(), webhook), webhook.id)
    for act in (Webhooks.find, change, end):
        with pytest.raises(Missing):
            act(webhooks, webhook.id)
    assert webhook.secret not in msgspec.json.encode(webhooks).decode()
    gone = forget(webhooks, webhook.id)
    assert (gone.version, gone.webhooks) == (3, {})
    assert forget(gone, webhook.id) == gone


def test_a_replaced_secret_signs_for_a_day(webhook: Webhook) -> None:
    """Beside the new one, which comes first; replaced again, the one before that signs no more."""
    webhooks = rotate(add(Webhooks(), webhook), webhook.id, "whsec_2", 1_000)
    assert webhooks.find(webhook.id).secrets_at(1_000 + OVERLAP_MS - 1) == ("whsec_2", webhook.secret)
    assert webhooks.find(webhook.id).secrets_at(1_000 + OVERLAP_MS) == ("whsec_2",)
    again = rotate(webhooks, webhook.id, "whsec_3", 2_000).find(webhook.id)
    assert again.secrets_at(2_000) == ("whsec_3", "whsec_2")


def test_it_is_kept_as_it_is(webhook: Webhook) -> None:
    """As JSON; no document is no webhooks."""
    webhooks = add(Webhooks(), webhook)
    assert decode(msgspec.json.encode(webhooks)) == webhooks
    assert decode(None) == decode(b"") == Webhooks()


def test_what_is_noted_and_logged_has_no_secret(webhook: Webhook) -> None:
    """Neither the audit log's entry of a change nor what a traceback shows."""
    before = add(Webhooks(), webhook)
    after = change(rotate(before, webhook.id, "whsec_hush", 1), webhook.id, url="https://x.example/hush")
    [noted] = differences("webhook", before.live, after.live)
    assert (noted.action, noted.subject) == ("webhook.changed", webhook.id)
    assert noted.fields == ("url", "secret", "former", "former_until")
    told = repr(after) + repr(noted)
    assert "hush" not in told
    assert webhook.secret not in told
