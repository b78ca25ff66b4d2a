"""Web sockets pass by Django's middleware: around the application, they are closed to browsers that hold a support session."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.http.cookie import parse_cookie

from . import cookies

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
REFUSED = (
    4403  # the private range of RFC 6455, section 7.4.2; a server answers 403, since nothing was accepted yet
)


def without_sockets(application: Application) -> Application:
    """The same application without web sockets for a browser in a support session: behind them it would be the browser's own user."""

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and _holds_a_key(scope):
            await receive()
            await send({"type": "websocket.close", "code": REFUSED})
            return
        await application(scope, receive, send)

    return guarded


def _holds_a_key(scope: Message) -> bool:
    sent = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name.lower() == b"cookie"]
    return bool(parse_cookie("; ".join(sent)).get(cookies.name()))
