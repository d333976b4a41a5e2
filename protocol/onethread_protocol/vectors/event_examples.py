"""One whole example of each kind of event."""

from typing import Any

from onethread_protocol.vectors.customer_examples import THREAD

ZOE = {"type": "contact", "id": "ct_4k9m2x7q1z8c5v3b6n0a", "name": "Zoë Müller"}
ANA = {"type": "agent", "id": "ag_ana", "name": "Ana"}
SYSTEM = {"type": "system", "id": "system", "name": "Acme"}

DEVICE = {"id": "d-7f3a91", "kind": "web", "name?": "work laptop", "online": True}

CONTACT: dict[str, Any] = {
    "id": "ct_4k9m2x7q1z8c5v3b6n0a",
    "name": "Zoë Müller",
    "email?": "zoë@example.com",
    "phone?": "+49 30 1234567",
    "company?": "東京テック",
    "user_id?": "12345",
    "authenticated": True,
}
CONTACT_FOR_AGENTS: dict[str, Any] = {
    **CONTACT,
    "thread?": THREAD,
    "custom_data?": {"plan": "pro", "seats": 12, "ratio": 0.25, "trial": False},
    "devices?": [DEVICE],
    "created_at?": 1760000000000,
    "seen_at?": 1760000360000,
    "same_email?": ["ct_0p8o7i6u5y4t3r2e1w9q"],
}

EVENTS: dict[str, dict[str, Any]] = {
    "message": {
        "kind": "message",
        "seq": 42,
        "id": "Qm81hVd3YnKc5TgP",
        "at": 1760000300000,
        "from": ZOE,
        "device?": "d-7f3a91",
        "cid?": "c-8hq2v5t0x3m7k1wz",
        "text": "Hello, is anyone there? 👋",
        "rev?": 45,
    },
    "deleted message": {
        "kind": "message",
        "seq": 43,
        "id": "Lw64jRb9UxHe2MfN",
        "at": 1760000310000,
        "from": ANA,
        "rev": 46,
        "deleted": True,
    },
    "note": {
        "kind": "note",
        "seq": 44,
        "id": "Ey57kGa1OsWi8DvB",
        "at": 1760000320000,
        "from": ANA,
        "device?": "d-console-1",
        "cid?": "c-2db7k0v5z8t3m6xh",
        "text": "She asked the same last week, see the invoice 📎",
        "rev?": 47,
    },
    "deleted note": {
        "kind": "note",
        "seq": 44,
        "id": "Ey57kGa1OsWi8DvB",
        "at": 1760000320000,
        "from": ANA,
        "rev": 48,
        "deleted": True,
    },
    "edited": {
        "kind": "edited",
        "seq": 45,
        "id": "Cz36fTn8PlXo0JqU",
        "at": 1760000330000,
        "from": ZOE,
        "device?": "d-7f3a91",
        "cid?": "c-1nb6d9s4j7g2f5la",
        "target": 42,
        "target_id": "Qm81hVd3YnKc5TgP",
        "text?": "Hello, is anyone there? 👋",
    },
    "deleted": {
        "kind": "deleted",
        "seq": 46,
        "id": "Rb19vMh7KdGy4SwA",
        "at": 1760000340000,
        "from": ANA,
        "device?": "d-console-1",
        "cid?": "c-9yo2g7i4n1r8b5fq",
        "target": 43,
        "target_id": "Lw64jRb9UxHe2MfN",
    },
    "status": {
        "kind": "status",
        "seq": 47,
        "id": "Nt82xEj5CuZf9LoI",
        "at": 1760000350000,
        "from": ANA,
        "device?": "d-console-1",
        "cid?": "c-6hu3j8c5o0i9r4ng",
        "status": "closed",
    },
    "assigned": {
        "kind": "assigned",
        "seq": 48,
        "id": "Wq40bYp6HmVs3RkE",
        "at": 1760000360000,
        "from": ANA,
        "device?": "d-console-1",
        "cid?": "c-4fs1q6w9a2y7p0el",
        "agent": {"id": "ag_ana", "name": "Ana"},
    },
    "assigned to nobody": {
        "kind": "assigned",
        "seq": 49,
        "id": "Gd75cUo2TnJx1FiM",
        "at": 1760000370000,
        "from": SYSTEM,
        "agent": None,
    },
    "merged": {
        "kind": "merged",
        "seq": 50,
        "id": "Ps63aKw4BvLz8QeH",
        "at": 1760000380000,
        "from": SYSTEM,
        "thread": "th_0_0p8o7i6u5y4t3r2e1w9q",
        "count": 7,
    },
    "identified": {
        "kind": "identified",
        "seq": 51,
        "id": "Jf27gDt9XyOr5NcU",
        "at": 1760000390000,
        "from": SYSTEM,
        "contact": CONTACT,
    },
    "pinned": {
        "kind": "pinned",
        "seq": 52,
        "id": "Vi94mSh0ZqAb6WlG",
        "at": 1760000400000,
        "from": SYSTEM,
        "device?": "d-7f3a91",
        "cid?": "c-8xt1r4y7u0i3o6pa",
    },
}
