"""What browsers are served beside the API: the widget, the console and, with its organization, the demo.

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
_PAGE: Final = {"Cache-Control": "no-cache"}
_DEMO: Final = {
    **_PAGE,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self' ws: wss:; frame-src 'self'; frame-ancestors 'self'; base-uri 'none';"
    " form-action 'none'",
}
# Agents are logged in there: nothing from elsewhere, in no frame, and no text is ever made into HTML.
_CONSOLE: Final = {
    **_PAGE,
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
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
    """`/widget.js`, `/console/` and, for `demo`, `/demo/` (WIRE.md section 9), from the folder `built`.

    What was not built is 404 and says so.
    """
    script = built / "widget.js"
    files = {"/widget.js": _File.read(script, _SCRIPT)} if script.is_file() else {}
    routes: list[BaseRoute] = [Route("/widget.js", _serve(files, "/widget.js"))]
    routes += _folder(built, "console", _CONSOLE)
    return routes + _folder(built, "demo", _DEMO) if demo else routes


def _folder(built: Path, name: str, headers: dict[str, str]) -> list[BaseRoute]:
    """The files of a page under its name, its address without the last slash leading to it."""
    folder = built / name
    files = {
        f"/{name}/{path.relative_to(folder).as_posix()}": _File.read(path, headers)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return [
        Route(f"/{name}", _lead_to(f"/{name}/")),
        Route(f"/{name}/", _serve(files, f"/{name}/index.html")),
        *(Route(path, _serve(files, path)) for path in files),
    ]


def _serve(files: dict[str, _File], path: str) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        file = files.get(path)
        return PlainTextResponse(_NOT_BUILT, status_code=404) if file is None else file.answer(request)

    return serve


def _lead_to(path: str) -> Callable[[Request], Awaitable[Response]]:
    async def lead(_request: Request) -> Response:
        return RedirectResponse(path)

    return lead
