"""The limits of WIRE.md section 1, as named constants and as types that carry them.

Lengths count Unicode code points. Every type here refuses what is outside its limits when it is decoded;
nothing is ever cut or clamped.
"""

from typing import Annotated, Literal

from msgspec import Meta

FRAME_BYTES = 256 * 1024
"""A frame of either side, whole, at most."""
NESTING = 500
"""Levels of lists and maps, the frame's own among them, that are always taken in fields that are skipped.
Both codecs skip them by recursion up to Python's limit of 1,000, of which an edge's calls take some 20."""
PAGE_BYTES = 32 * 1024
"""A part of a replay and a `history` page, at most, unless a single event is longer."""
CUSTOM_DATA_BYTES = 32 * 1024
"""custom_data, encoded as MessagePack, at most."""
CUSTOM_DATA_KEYS = 100
TEXT_CHARACTERS = 10_000
DEFAULT_TAIL = 50
"""Events of a tail when `init` or `open` gives no `tail`."""
UNREAD_CAP = 100
"""`unread` counts up to here; this value means "or more"."""
CARRIED_FROM = 20
"""`ready.carried_from` names at most so many threads, the last ones."""

MAX_INT = 2**53 - 1
"""The largest integer that every client reads exactly, JavaScript's among them."""
MAX_FLOAT = 1.7976931348623157e308
"""The largest finite double. As a bound it keeps out the infinities and, as nothing compares to it, NaN."""

Text = Annotated[str, Meta(min_length=1, max_length=TEXT_CHARACTERS)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
"""Ids that the server makes: threads, events, epochs, contacts, agents, sessions."""
Cid = Annotated[str, Meta(min_length=1, max_length=64)]
Ref = Annotated[str, Meta(min_length=1, max_length=64)]
Org = Annotated[str, Meta(min_length=1, max_length=64)]
DeviceId = Annotated[str, Meta(min_length=1, max_length=64)]
UserId = Annotated[str, Meta(min_length=1, max_length=255)]
Name = Annotated[str, Meta(min_length=1, max_length=255)]
"""Names of people, devices, companies, organizations and tracked actions."""
Title = Annotated[str, Meta(min_length=1, max_length=255)]
Secret = Annotated[str, Meta(min_length=1, max_length=255)]
"""`app_secret`, `security_hash` and `user_hash`."""
Email = Annotated[str, Meta(min_length=1, max_length=320)]
Phone = Annotated[str, Meta(min_length=1, max_length=64)]
Url = Annotated[str, Meta(min_length=1, max_length=2_048)]
Token = Annotated[str, Meta(min_length=1, max_length=8_192)]
Cursor = Annotated[str, Meta(min_length=1, max_length=2_048)]
Sentence = Annotated[str, Meta(min_length=1, max_length=1_000)]
"""An error's message for a person."""

Int = Annotated[int, Meta(ge=-MAX_INT, le=MAX_INT)]
Seq = Annotated[int, Meta(ge=1, le=MAX_INT)]
"""The number of an event in its thread's log, from 1."""
Position = Annotated[int, Meta(ge=0, le=MAX_INT)]
"""A place in a thread's log: the seq of the last event before it; 0 is the beginning."""
Count = Annotated[int, Meta(ge=0, le=MAX_INT)]
Millis = Annotated[int, Meta(ge=0, le=MAX_INT)]
"""Milliseconds: a duration, or, as `at` and `exp`, a time since 1970 UTC."""
Unread = Annotated[int, Meta(ge=0, le=UNREAD_CAP)]
Tail = Annotated[int, Meta(ge=0, le=200)]
HistoryLimit = Annotated[int, Meta(ge=1, le=200)]
InboxLimit = Annotated[int, Meta(ge=1, le=100)]

DeviceKind = Literal["web", "ios", "android", "other"]
ThreadStatus = Literal["open", "closed"]
Side = Literal["contact", "agents"]
AgentState = Literal["online", "away"]
AgentRole = Literal["agent", "admin"]
Role = Literal["visitor", "contact", "agent"]
Identity = Literal["none", "open", "pinned", "signed"]
View = Literal["open", "mine", "unassigned", "closed", "all"]
ProfileField = Literal["name", "email", "phone", "company"]
