"""What browsers are served beside the API: built files, read once, told apart by their tags."""

import gzip
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onethread.api.pages import page_routes


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as the clients' build leaves it."""
    (tmp_path / "demo" / "assets").mkdir(parents=True)
    (tmp_path / "console").mkdir()
    (tmp_path / "console" / "index.html").write_text("<!doctype html>")
    (tmp_path / "widget.js").write_text("hello()")
    (tmp_path / "demo" / "index.html").write_text("<!doctype html>")
    (tmp_path / "demo" / "assets" / "a.css").write_text("a{}")
    return tmp_path


async def get(built: Path, path: str, *, demo: bool = True, **headers: str) -> Response:
    """Ask for a page; 404 where there is no route."""
    for route in page_routes(built, demo=demo):
        assert isinstance(route, Route)
        if route.path == path:
            raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
            answer = await route.endpoint(Request({"type": "http", "method": "GET", "headers": raw}))
            assert isinstance(answer, Response)
            return answer
    return Response(status_code=404)


async def test_the_widget_may_be_taken_by_any_site(built: Path) -> None:
    """A script of another origin, kept for minutes only: a snippet has no version in its address."""
    answer = await get(built, "/widget.js", demo=False)
    assert (answer.status_code, bytes(answer.body)) == (200, b"hello()")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "public, max-age=300"


async def test_what_is_known_is_not_sent_again(built: Path) -> None:
    """By its tag, also where a proxy has weakened it; another tag gets the file."""
    tag = (await get(built, "/widget.js")).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        answer = await get(built, "/widget.js", if_none_match=known)
        assert (answer.status_code, bytes(answer.body)) == (304, b"")
    assert (await get(built, "/widget.js", if_none_match='"other"')).status_code == 200


async def test_it_is_compressed_for_those_who_take_it(built: Path) -> None:
    """And caches are told that it differs."""
    answer = await get(built, "/widget.js", accept_encoding="br, gzip")
    assert gzip.decompress(bytes(answer.body)) == b"hello()"
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")


async def test_the_demo_page_is_served_with_the_demo_only(built: Path) -> None:
    """It knows the demo organization's keys, which no other server has."""
    for path in ("/demo/", "/demo/assets/a.css"):
        assert (await get(built, path)).status_code == 200
        assert (await get(built, path, demo=False)).status_code == 404
    assert (await get(built, "/demo")).headers["location"] == "/demo/"


async def test_the_demo_page_has_a_strict_policy(built: Path) -> None:
    """Nothing inline, nothing from elsewhere: what holds for it holds for a company's page."""
    policy = (await get(built, "/demo/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_the_console_has_a_stricter_one(built: Path) -> None:
    """On every server; nothing inline, nothing from elsewhere, in no frame, no HTML made of text."""
    answer = await get(built, "/console/", demo=False)
    policy = answer.headers["content-security-policy"]
    for part in (
        "default-src 'none'",
        "connect-src 'self';",
        "frame-ancestors 'none'",
        "trusted-types 'none'",
    ):
        assert part in policy
    assert "unsafe" not in policy
    assert (await get(built, "/console", demo=False)).headers["location"] == "/console/"


async def test_what_was_not_built_says_so(tmp_path: Path) -> None:
    """A checkout without Node serves everything else."""
    for path in ("/widget.js", "/console/", "/demo/"):
        answer = await get(tmp_path, path)
        assert answer.status_code == 404
        assert b"not built" in bytes(answer.body)
