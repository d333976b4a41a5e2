"""The frame of a page: everything in it, no script and nothing loaded. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

STYLE: Final = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Link:
    """A way to a section: its id and title, and whether all is well there."""

    id: str
    title: str
    good: bool = True


def document(title: str, told: str, hero: str, links: Iterable[Link], main: str, notes: str) -> str:
    """A whole page; `told` is where and when, `hero` what is seen first. `hero`, `main`, `notes` are HTML."""
    nav = "".join(
        f'<a href="#{link.id}"{"" if link.good else " class=bad"}>{escape(link.title)}</a>' for link in links
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f"<header><div class=hero><h1>{escape(title)}</h1><p>{escape(told)}</p>{hero}</div></header>"
        f"<nav><div>{nav}</div></nav><main>{main}</main><footer>{notes}</footer></html>"
    )


def tiles(found: Iterable[tuple[str, str]], kind: str = "figures") -> str:
    """Values with their names, as cards side by side."""
    cards = "".join(
        f"<div class=card><b>{escape(value)}</b><span>{escape(name)}</span></div>" for name, value in found
    )
    return f"<div class={kind}>{cards}</div>" if cards else ""


def card(title: str, plot: str) -> str:
    """A plot with its title."""
    return f"<figure class=card><h3>{escape(title)}</h3>{plot}</figure>"


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; nothing without rows."""
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="card scroll"><table><tr>{head}</tr>{body}</table></div>'


def folded(title: str, inside: str) -> str:
    """What is there for whoever asks for it."""
    return f"<details><summary>{escape(title)}</summary>{inside}</details>" if inside else ""
