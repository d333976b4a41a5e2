"""`/ws`: from a handshake to a connection that the hub holds."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.frames import CloseCode

from onethread.gateway.edge import Edge
from onethread.gateway.frames import framing
from onethread.gateway.handshake import Header, switching, usual
from onethread.gateway.proxies import TrustedProxies
from onethread.gateway.ready import NOBODY, ReadyProtocol
from onethread.gateway.starlette_peer import StarlettePeer
from onethread.gateway.uvicorn_edge import SWAP, Met
from onethread.hub.peer import OpenSession
from onethread.hub.wire import Wire
from onethread_protocol.codec import CODECS, JSON, Codec
from onethread_protocol.codes import Close

PATH: Final = "/ws"
_PATH: Final = PATH.encode()
SessionToken: TypeAlias = Callable[[str | None, str, Mapping[str, str]], str | None]
"""Takes a handshake's Origin, Host and cookies, and gives the agent's session token among them."""


def choose(offered: Sequence[str]) -> Codec | None:
    """The codec of the first subprotocol that is ours; JSON if none is offered; None if none is known."""
    if not offered:
        return JSON
    ours = {codec.subprotocol: codec for codec in CODECS}
    return next((ours[name] for name in offered if name in ours), None)


class Endpoint:
    """Accepts WebSockets and opens a session for each; nothing of it stays with a connection.

    A usual handshake on our uvicorn never comes here as a request: `meet` answers it (`uvicorn_edge.py`). An
    unusual one does; by the swap extension its coroutine returns at once and a ReadyProtocol goes on. On any
    other server it stays, with a StarlettePeer.
    """

    def __init__(
        self,
        edge: Edge,
        open_session: OpenSession,
        proxies: TrustedProxies,
        session_token: SessionToken = lambda origin, host, cookies: None,
    ) -> None:
        self._edge = edge
        self._session_token = session_token
        self._open_session = open_session
        self._proxies = proxies
        self._ready_wires = {codec: Wire(codec, framing(codec)) for codec in CODECS}
        self._plain_wires = {codec: Wire(codec, bytes) for codec in CODECS}

    def routes(self) -> list[BaseRoute]:
        """What to mount: the WebSocket, and an answer for those who come without one."""
        return [WebSocketRoute(PATH, self.connect), Route(PATH, _upgrade_required, methods=["GET"])]

    def meet(self, path: bytes, headers: Sequence[Header], client: str) -> Met | None:
        """Answer a usual handshake (Greeter); what is to be refused, and the unusual, is `connect`'s."""
        opening = usual(headers) if path == _PATH else None
        codec = choose(opening.offered) if opening else None
        if opening is None or codec is None or self._edge.draining:
            return None
        address = self._proxies.client(client, [opening.forwarded] if opening.forwarded else ())
        peer = ReadyProtocol(self._edge, self._ready_wires[codec], address, opening.origin)
        if opening.cookie:
            cookies = cookie_parser(opening.cookie)
            peer.session_token = self._session_token(opening.origin, opening.host, cookies)
        answer = switching(opening, codec.subprotocol if opening.offered else None)
        return Met(answer, peer, partial(self._start, peer))

    async def connect(self, websocket: WebSocket) -> None:
        """Take one handshake: 101, 400 if only unknown subprotocols are offered, 503 while draining."""
        offered = websocket.scope.get("subprotocols", ())
        codec = choose(offered)
        if codec is None or self._edge.draining:
            await _deny(websocket, 503 if codec else 400)
            return
        address = self._proxies.client(
            websocket.client.host if websocket.client else "", websocket.headers.getlist("x-forwarded-for")
        )
        origin = websocket.headers.get("origin")
        token = self._session_token(origin, websocket.headers.get("host", ""), websocket.cookies)
        try:
            await websocket.accept(codec.subprotocol if offered else None)
        except OSError:
            return
        # No await from here to the swap: what arrives in between would be uvicorn's.
        swap = _extensions(websocket).get(SWAP)
        if swap is None:
            wire = self._plain_wires[codec]
            fallback = StarlettePeer(self._edge, wire, address, origin, websocket)
            fallback.session_token = token
            await self._serve(fallback)
            return
        peer = ReadyProtocol(self._edge, self._ready_wires[codec], address, origin)
        peer.session_token = token
        early = swap(peer)
        if early is not None:
            self._start(peer, early)

    def _start(self, peer: ReadyProtocol, early: bytes) -> None:
        if not self._edge.admit(peer):
            peer.close(Close.TOO_MANY)
            return
        try:
            receiver = self._open_session(peer)
        except BaseException:
            peer.abort(CloseCode.INTERNAL_ERROR)
            raise
        peer.open(receiver, early)

    async def _serve(self, peer: StarlettePeer) -> None:
        if not self._edge.admit(peer):
            peer.close(Close.TOO_MANY)
            await peer.serve(NOBODY)
            return
        try:
            receiver = self._open_session(peer)
        except BaseException:
            self._edge.ended(peer, CloseCode.INTERNAL_ERROR)
            raise
        await peer.serve(receiver)


def _extensions(websocket: WebSocket) -> Mapping[str, Any]:
    """What the server offers beyond ASGI itself; a server that offers nothing may say so in two ways."""
    return websocket.scope.get("extensions") or {}


async def _deny(websocket: WebSocket, status: int) -> None:
    """Refuse the handshake; with status 403 on a server that can't be told which."""
    if "websocket.http.response" in _extensions(websocket):
        known = ", ".join(codec.subprotocol for codec in CODECS)
        text = f"Subprotocols: {known}.\n" if status == 400 else "Restarting.\n"
        await websocket.send_denial_response(PlainTextResponse(text, status))
    else:
        await websocket.close()


async def _upgrade_required(request: Request) -> Response:
    """Tell a client without an upgrade what is here (RFC 9110 15.5.22)."""
    return PlainTextResponse(
        "A WebSocket is here.\n", 426, headers={"Upgrade": "websocket", "Connection": "Upgrade"}
    )
