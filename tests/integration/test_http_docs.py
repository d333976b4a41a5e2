"""docs/http.md is complete: what a server says it has is what the page describes."""

import re

from tests.integration.http import request
from tests.integration.serving import Running
from tests.test_docs import DOCS


async def test_routes(shared_server: Running) -> None:
    """Each route has its entry and no other has one, with a curl that calls it."""
    text = (DOCS / "http.md").read_text(encoding="utf-8")
    parts = {part.partition("\n")[0].strip("`"): part for part in re.split(r"(?m)^### ", text)[1:]}
    paths = (await request(shared_server, "GET", "/openapi.json")).json["paths"]
    routes = [(method.upper(), path) for path, methods in paths.items() for method in methods]
    assert sorted(parts) == sorted(f"{method} {path}" for method, path in routes)
    for method, path in routes:
        curl = r"curl (?:-X (\w+) )?[\"']?http://127\.0\.0\.1:8000([^\s\"'?]+)"
        called, where = re.findall(curl, parts[f"{method} {path}"])[0]
        assert called == ("" if method == "GET" else method)
        assert re.fullmatch(re.sub(r"\{\w+\}", r"\\$[A-Z_]+", path), where)
