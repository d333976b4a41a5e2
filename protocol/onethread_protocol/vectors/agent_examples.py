"""One whole example of each frame from an agent: every field that it can have."""

from typing import Any

from onethread_protocol.vectors.customer_examples import THREAD

EXAMPLES: dict[str, dict[str, Any]] = {
    "agent_init": {
        "t": "agent_init",
        "ref?": "i1",
        "org": "acme",
        "token?": "as1.YWdfYW5h.c2lnbmF0dXJl",
        "device": {"id": "d-console-1", "kind": "web", "name?": "Ana's desk"},
    },
    "inbox": {"t": "inbox", "ref?": "b1", "view": "unassigned", "limit": 50, "cursor?": "MTc2MDAwMDAwMDAwMA"},
    "open": {
        "t": "open",
        "ref?": "o1",
        "thread": THREAD,
        "resume?": {"epoch": "e_5t2r8w", "seq": 41, "id?": "Xk29fLq0ZpTb7RsW"},
        "tail?": 100,
    },
    "leave": {"t": "leave", "ref?": "v1", "thread": THREAD},
    "send": {
        "t": "send",
        "ref?": "s1",
        "thread": THREAD,
        "cid": "c-5wz0p3l8h1c6q9tv",
        "text": "Good morning Zoë, how can I help?",
    },
    "edit": {
        "t": "edit",
        "ref?": "e1",
        "thread": THREAD,
        "cid": "c-7ma4x9e2s5u0k3jd",
        "target": 43,
        "target_id": "Lw64jRb9UxHe2MfN",
        "text": "Good morning Zoë, what can I do for you?",
    },
    "delete": {
        "t": "delete",
        "ref?": "x1",
        "thread": THREAD,
        "cid": "c-9yo2g7i4n1r8b5fq",
        "target": 43,
        "target_id": "Lw64jRb9UxHe2MfN",
    },
    "typing": {"t": "typing", "ref?": "t1", "thread": THREAD, "on": True, "note?": True},
    "read": {"t": "read", "ref?": "r1", "thread": THREAD, "seq": 42},
    "history": {"t": "history", "ref?": "h1", "thread": THREAD, "before": 30, "limit": 100},
    "note": {
        "t": "note",
        "ref?": "n1",
        "thread": THREAD,
        "cid": "c-2db7k0v5z8t3m6xh",
        "text": "She asked the same last week, see the invoice 📎",
    },
    "assign": {
        "t": "assign",
        "ref?": "g1",
        "thread": THREAD,
        "cid": "c-4fs1q6w9a2y7p0el",
        "agent": "ag_ana",
    },
    "status": {
        "t": "status",
        "ref?": "z1",
        "thread": THREAD,
        "cid": "c-6hu3j8c5o0i9r4ng",
        "status": "closed",
    },
    "profile": {
        "t": "profile",
        "ref?": "u1",
        "thread": THREAD,
        "user": {
            "name?": "Zoë Müller",
            "email?": "zoë@example.com",
            "phone?": "+49 30 1234567",
            "company?": None,
            "custom_data?": {"vip": True, "plan": None},
        },
    },
    "presence": {"t": "presence", "ref?": "w1", "state": "away"},
    "ping": {"t": "ping", "ref?": "q1"},
}
