"""A server in a few plain lists, for state machines: one customer's log, acks, repeats, resets and refusals
of WIRE.md.

It decides as WIRE.md says and writes frames into `sent`; the test decides what of that arrives, and what gets
lost.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from itertools import count
from typing import Any

from tests.client.builders import ME, THREAD, Frame, ready

PART = 3
HIDDEN = frozenset({"note"})


class SimulatedServer:
    """One thread with its log, and all `versions` of it there were. A restored log has another epoch;
    `trouble` refuses the commands to come.

    Acks and events have no order between them: `ack_first` chooses one.
    """

    def __init__(self) -> None:
        self.log: list[Frame] = []
        self.versions: list[list[Frame]] = [[]]
        self.sent: list[Frame] = []
        self.trouble: list[str] = []
        self.connected = False
        self.ack_first = True
        self._epoch = 1
        self._ids = count(1)
        self._cids: dict[str, Frame] = {}

    # What happens at the server

    def append(self, kind: str, author: Frame, **fields: Any) -> Frame:
        """A new entry of the log, delivered if it is visible."""
        entry = {
            "seq": len(self.log) + 1,
            "id": f"id-{next(self._ids)}",
            "at": 1,
            "kind": kind,
            "from": author,
        }
        self.versions.append(deepcopy(self.log))
        self.log.append(entry | fields)
        if self.connected and kind not in HIDDEN:
            self._send({"t": "event", "thread": THREAD, "event": dict(self.log[-1])})
        return self.log[-1]

    def change(self, kind: str, message: Frame, author: Frame, **fields: Any) -> Frame:
        """An edit or deletion: the message is rewritten in the log, and its older texts leave it."""
        entry = self.append(kind, author, target=message["seq"], target_id=message["id"], **fields)
        message.pop("text", None)
        message["rev"] = entry["seq"]
        message |= {"deleted": True} if kind == "deleted" else {"text": fields["text"]}
        for earlier in self.log[:-1]:
            if earlier["kind"] == "edited" and earlier["target_id"] == message["id"]:
                earlier.pop("text", None)
        return entry

    def restore(self, version: int) -> None:
        """The store came back from an older file; who is connected is told unasked."""
        self.log = deepcopy(self.versions[version])
        self._epoch += 1
        held = {entry["id"]: entry for entry in self.log}
        self._cids = {cid: held[entry["id"]] for cid, entry in self._cids.items() if entry["id"] in held}
        if self.connected:
            self._replay(0, reset=True, tail=4)

    def cut(self) -> None:
        """The connection is gone, with whatever was on its way."""
        self.connected = False
        self.sent.clear()

    # What the client sends

    def receive(self, frame: Frame) -> None:
        """Takes one frame of the connection's."""
        handlers: dict[str, Callable[[Frame], None]] = {
            "init": self._init,
            "send": self._command,
            "edit": self._command,
            "delete": self._command,
            "history": self._history,
        }
        handler = handlers.get(frame["t"])
        if handler:
            handler(frame)

    def _init(self, frame: Frame) -> None:
        if self._troubled("503"):
            self._send({"t": "error", "code": 503, "reason": "store_unavailable", "message": ""})
            return
        self.connected = True
        self._send(ready(epoch=f"e{self._epoch}", head=len(self.log)))
        resume = frame.get("resume") or {}
        seq = resume.get("seq", 0)
        known = self.log[seq - 1]["id"] if 0 < seq <= len(self.log) else None
        holds = resume.get("epoch") == f"e{self._epoch}" and (seq == 0 or known == resume.get("id"))
        self._replay(seq if holds else 0, reset=not holds, tail=4)

    def _replay(self, after: int, *, reset: bool, tail: int) -> None:
        visible = [entry for entry in self.log[after:] if entry["kind"] not in HIDDEN]
        shown = visible[-tail:] if reset else visible
        parts = [shown[start : start + PART] for start in range(0, len(shown), PART)] or [[]]
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            at = self.log[-1] if last and self.log else part[-1] if part else {"seq": 0}
            frame: Frame = {"t": "replay", "thread": THREAD, "epoch": f"e{self._epoch}", "done": last}
            frame |= {"events": [dict(entry) for entry in part], "reset": reset and number == 0}
            frame["at"] = {key: at[key] for key in ("seq", "id") if key in at}
            if frame["reset"]:
                more = len(shown) < len(visible)
                frame |= {"more": more, "unread": 0, "read": {"contact": 0, "agents": 0}}
            self._send(frame)

    def _command(self, frame: Frame) -> None:
        echo = {"cid": frame["cid"], "message": ""}
        if self._troubled("503"):
            self._send({"t": "error", "code": 503, "reason": "store_unavailable"} | echo)
            return
        if self._troubled("429"):
            limited = {"t": "error", "code": 429, "reason": "rate_limited", "retry_after_ms": 500}
            self._send(limited | echo)
            return
        lost, before = self._troubled("stored, 503"), len(self.sent)
        entry, dup = self._cids.get(frame["cid"]), True
        if entry is None:
            dup = False
            entry = self._apply(frame)
        if lost:
            self._send({"t": "error", "code": 503, "reason": "store_unavailable"} | echo)
        elif entry is None:
            self._send({"t": "error", "code": 404, "reason": "unknown_target"} | echo)
        else:
            numbers = {key: entry[key] for key in ("seq", "id", "at")}
            answer = {"t": "ack", "cid": frame["cid"], "thread": THREAD, "dup": dup} | numbers
            self.sent.insert(before if self.ack_first else len(self.sent), answer)

    def _apply(self, frame: Frame) -> Frame | None:
        """The new entry that the command makes, None for an unknown target."""
        cid = frame["cid"]
        if frame["t"] == "send":
            entry = self.append("message", ME, cid=cid, text=frame["text"])
        else:
            found = [
                one for one in self.log if one["id"] == frame["target_id"] and one["seq"] == frame["target"]
            ]
            if not found or (found[0].get("deleted") and frame["t"] == "edit"):
                return None
            if found[0].get("deleted"):
                return next(
                    one for one in self.log if one["kind"] == "deleted" and one["target"] == found[0]["seq"]
                )
            words = {"text": frame["text"]} if frame["t"] == "edit" else {}
            kind = "edited" if frame["t"] == "edit" else "deleted"
            entry = self.change(kind, found[0], ME, cid=cid, **words)
        self._cids[cid] = entry
        return entry

    def _history(self, frame: Frame) -> None:
        older = [one for one in self.log[: frame["before"] - 1] if one["kind"] not in HIDDEN]
        page = older[-frame["limit"] :]
        answer = {"t": "history", "thread": THREAD, "ref": frame["ref"], "more": len(page) < len(older)}
        self._send(answer | {"events": [dict(entry) for entry in page]})

    def _troubled(self, kind: str) -> bool:
        if self.trouble and self.trouble[0] == kind:
            del self.trouble[0]
            return True
        return False

    def _send(self, frame: Frame) -> None:
        self.sent.append(frame)
