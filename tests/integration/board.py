"""The inbox as an agent's console shows it."""

from typing import Any

from tests.integration.acme import new_user
from tests.integration.team import Agent, Team
from tests.integration.team import team_fixture as team_fixture
from tests.integration.wire import Customer, Frame, later


class Board:
    """What an agent's console shows of a view, kept as section 6.8 says: only by higher revs."""

    def __init__(self, agent: Agent, view: str) -> None:
        self.agent = agent
        self.view = view
        self.rows: dict[str, Frame] = {}
        self.revs: dict[str, int] = {}

    async def start(self, limit: int = 100) -> "Board":
        """Ask for the first page; it voids every rev held."""
        self.rows, self.revs = {}, {}
        page = await self.page(limit)
        self.cursor = page.get("cursor")
        return self

    async def page(self, limit: int = 100, cursor: str | None = None) -> Frame:
        """Ask for a page and take its rows."""
        more = {} if cursor is None else {"cursor": cursor}
        page = await self.agent.ask({"t": "inbox", "view": self.view, "limit": limit, **more}, "inbox_page")
        for row in page.get("rows", ()):
            self.take(row)
        return page

    def take(self, row: Frame) -> None:
        """Apply a row if its rev is higher than the one held."""
        if row["rev"] > self.revs.get(row["thread"], -1):
            self.revs[row["thread"]] = row["rev"]
            if row.get("gone"):
                self.rows.pop(row["thread"], None)
            else:
                self.rows[row["thread"]] = row

    async def hear(self, which: Any = lambda row: True) -> Frame:
        """Take live rows up to the next one that is meant."""
        while True:
            row: Frame = (await self.agent.next("inbox_row"))["row"]
            self.take(row)
            if which(row):
                return row

    @property
    def order(self) -> list[str]:
        """The threads, the latest active first."""
        return sorted(self.rows, key=lambda thread: -self.rows[thread]["active_at"])


async def customers(team: Team, count: int, url: str = "") -> list[Customer]:
    """Customers who have each said something, one after the other."""
    made = []
    for i in range(count):
        made.append(await team.join(url, user={"user_id": new_user(), "name": f"Mia {i}"}))
        await made[-1].say(f"hush {i}")
        await later()
    return made
