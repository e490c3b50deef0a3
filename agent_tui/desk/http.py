"""The HTTP side: a router made from the one table of routes. Sign-in, role and body are checked before any handler."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from agent_tui.desk.asked import NOBODY, Asked
from agent_tui.desk.desk import Desk
from agent_tui.desk.limits import network_of
from agent_tui.desk.logs import say
from agent_tui.desk.masks import encode_masked
from agent_tui.desk.routes import HANDLERS, Handler
from agent_tui.desk.service import Actor
from agent_tui.desk.socket import bearer
from agent_tui.protocol.errors import HTTP_STATUS, Code, ErrorAnswer, Refusal
from agent_tui.protocol.frames import nesting
from agent_tui.protocol.table import ROUTES, RouteRow

_encode = msgspec.json.Encoder().encode

_SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def http_app(desk: Desk) -> Starlette:
    """The router. A route of the table without a handler fails here, at the start."""
    routes = [Route(row.path, _endpoint(desk, row, HANDLERS[row.name]), methods=[row.method]) for row in ROUTES]
    return Starlette(routes=routes, exception_handlers={HTTPException: _unknown_route})


def _endpoint(desk: Desk, row: RouteRow, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        address = network_of(request.client.host) if request.client else ""
        try:
            if row.path.startswith("/v1/"):
                desk.origins.check(request.headers.get("origin"))
            actor = await _actor(desk, row, request)
            asked = await _body(request, row, desk.settings.limits.frame_bytes, desk.settings.limits.json_depth)
            answer = await handler(Asked(desk, actor, request, asked, address))
        except Refusal as refusal:
            desk.refused(refusal.answer, address, row.name)
            return refused(refusal.answer)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:
            say("a request failed", level=logging.ERROR, route=row.name)
            sentence = "The desk could not do that, and has written down why. Nothing was changed."
            answer = ErrorAnswer(Code.INTERNAL, sentence)
            desk.refused(answer, address, row.name)
            return refused(answer)
        if isinstance(answer, Response):
            return answer
        hidden = row.is_masked(actor.role)
        body = encode_masked(answer) if hidden else _encode(answer)
        return Response(body, media_type="application/json", headers=_SAFE_HEADERS)

    return endpoint


async def _actor(desk: Desk, row: RouteRow, request: Request) -> Actor:
    if row.public:
        return NOBODY
    if "authorization" not in request.headers:
        raise Refusal(Code.UNAUTHORISED, "Sign in first: this needs `Authorization: Bearer` and a token.")
    actor = await desk.auth.actor(bearer(request.headers["authorization"]))
    if actor.role not in row.roles:
        raise Refusal(
            Code.NOT_ALLOWED,
            f"`{row.name}` is not for the role {actor.role.value}; it is for: {', '.join(sorted(row.roles))}.",
        )
    return actor


async def _body(request: Request, row: RouteRow, most_bytes: int, most_depth: int) -> Any:
    if row.request is None:
        return None
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most_bytes:
            raise Refusal(Code.TOO_LARGE, f"The body is longer than {most_bytes} bytes.")
    data = bytes(raw) or b"{}"
    if data.count(b"[") + data.count(b"{") > most_depth and nesting(data) > most_depth:
        raise Refusal(Code.BAD_FRAME, f"The body is nested deeper than {most_depth}.")
    try:
        return msgspec.json.decode(data, type=row.request)
    except msgspec.ValidationError as error:
        raise Refusal(Code.BAD_VALUE, f"The body has a value that does not fit: {error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(Code.BAD_FRAME, f"The body is not JSON as RFC 8259 has it: {error}.") from None


def refused(answer: ErrorAnswer) -> Response:
    """A refusal as an HTTP answer."""
    headers = dict(_SAFE_HEADERS)
    if answer.retry_after_ms is not None:
        headers["Retry-After"] = str(-(-answer.retry_after_ms // 1000))
    if HTTP_STATUS[answer.code] == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = _encode(answer)
    return Response(body, status_code=HTTP_STATUS[answer.code], media_type="application/json", headers=headers)


async def _unknown_route(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    answer = ErrorAnswer(Code.NOT_FOUND, "There is no such route here; /openapi.json lists them.")
    return Response(_encode(answer), status_code=status, media_type="application/json", headers=_SAFE_HEADERS)
