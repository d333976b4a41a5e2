"""What browsers are served beside the API: `/widget.js`, and with the demo organization `/demo/`.

The files are built from clients/ into onethread/built and carried in the wheel. They are read once: each is
small, and a hub serves the same bytes to everybody.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

_NOT_BUILT: Final = "This file was not built; `make run` builds it where Node is installed.\n"
# A snippet has no version in its address: five minutes after an upgrade every page has the new one.
_SCRIPT: Final = {"Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
_PAGE: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self' ws: wss:; frame-src 'self'; frame-ancestors 'self'; base-uri 'none';"
    " form-action 'none'",
}


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is served, and its compressed form."""

    body: bytes
    zipped: bytes
    kind: str
    headers: dict[str, str]

    @classmethod
    def read(cls, path: Path, headers: dict[str, str]) -> _File:
        body = path.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith("javascript"):
            kind += "; charset=utf-8"
        fixed = {**headers, "ETag": tag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        return cls(body, gzip.compress(body, mtime=0), kind, fixed)

    def answer(self, request: Request) -> Response:
        # A proxy that compresses may have weakened the tag.
        known = request.headers.get("if-none-match", "").replace("W/", "")
        if self.headers["ETag"] in known:
            return Response(status_code=304, headers=self.headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers = {**self.headers, "Content-Encoding": "gzip"}
            return Response(self.zipped, media_type=self.kind, headers=headers)
        return Response(self.body, media_type=self.kind, headers=self.headers)


def page_routes(built: Path, *, demo: bool) -> list[BaseRoute]:
    """`/widget.js` (WIRE.md section 9), and `/demo/` for `demo`, from the folder `built`. What was not built
    is 404 and says so.
    """
    script = built / "widget.js"
    files = {"/widget.js": _File.read(script, _SCRIPT)} if script.is_file() else {}
    routes: list[BaseRoute] = [Route("/widget.js", _serve(files, "/widget.js"))]
    if not demo:
        return routes
    folder = built / "demo"
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            files[f"/demo/{path.relative_to(folder).as_posix()}"] = _File.read(path, _PAGE)
    routes.append(Route("/demo", _to_demo))
    routes.append(Route("/demo/", _serve(files, "/demo/index.html")))
    return routes + [Route(path, _serve(files, path)) for path in files if path.startswith("/demo/")]


def _serve(files: dict[str, _File], path: str) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        file = files.get(path)
        return PlainTextResponse(_NOT_BUILT, status_code=404) if file is None else file.answer(request)

    return serve


async def _to_demo(_request: Request) -> Response:
    return RedirectResponse("/demo/")
