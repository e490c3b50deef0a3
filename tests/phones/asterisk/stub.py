"""ARI's HTTP and socket in front of an `AriExchange`: in a test's own loop, or as a program of its own.

```
python -m tests.phones.asterisk.stub --far-end +31612345678=busy      # says its address as one line of JSON
```
As a program it is steered over HTTP: `POST /stub/far_end?dialled=agent7&does=rings`, `POST /stub/hang_up?ends=cust`,
`POST /stub/press?ends=agent&digits=1`, `POST /stub/drop` (sockets), `GET /stub` (channels, bridges, all ever dialled).
"""

import argparse
import asyncio
import base64
import contextlib
import json
import signal
import socket as sockets
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.phones.asterisk.exchange import FAR_ENDS, REASONS, AriExchange, Bridge, Channel

USER, PASSWORD, READS_ONLY = "desk", "sesame", "reader"
ORIGINATE = {"endpoint", "app", "appArgs", "callerId", "timeout", "originator", "formats", "otherChannelId"}
TECHNOLOGIES = ("PJSIP", "Local")
LONGEST_ID = 149


class AriStub:
    """The door of an exchange."""

    def __init__(self) -> None:
        self.exchange = AriExchange()
        self.sockets: list[WebSocket] = []
        self.asked: list[tuple[str, str]] = []
        """Method and path of every request, in order."""
        self.fails: dict[tuple[str, str], list[Response | float]] = {}
        """Method and end of a path, to what comes instead of the next answers: a response, or so many s of silence."""
        self.refuses_sockets = False
        self.app = Starlette(
            routes=[
                WebSocketRoute("/ari/events", self._events),
                Route("/ari/channels", self._list_channels, methods=["GET"]),
                Route("/ari/channels/{id}", self._channel, methods=["GET", "POST", "DELETE"]),
                Route("/ari/channels/{id}/{what}", self._at_channel, methods=["POST"]),
                Route("/ari/bridges", self._list_bridges, methods=["GET"]),
                Route("/ari/bridges/{id}", self._bridge, methods=["GET", "POST", "DELETE"]),
                Route("/ari/bridges/{id}/addChannel", self._add_channel, methods=["POST"]),
                Route("/ari/endpoints/{tech}/{resource}", self._endpoint, methods=["GET"]),
                Route("/stub", self._shown, methods=["GET"]),
                Route("/stub/{wish}", self._steered, methods=["POST"]),
            ]
        )

    async def drop_sockets(self) -> None:
        """The network between desk and exchange breaks."""
        for open_socket in list(self.sockets):
            with contextlib.suppress(RuntimeError):
                await open_socket.close(1011)

    def leg(self, ends: str) -> Channel:
        """The channel whose id ends so."""
        return next(channel for channel in self.exchange.channels.values() if channel.id.endswith(ends))

    def _refusal(self, connection: HTTPConnection, method: str) -> Response | None:
        said = connection.headers.get("authorization", "")
        pair = base64.b64decode(said.removeprefix("Basic ")).decode() if said.startswith("Basic ") else ""
        user, _, password = (pair or connection.query_params.get("api_key", "")).partition(":")
        if user not in (USER, READS_ONLY) or password != PASSWORD:
            return _error(401, "Authentication required")
        if user == READS_ONLY and method != "GET":
            return _error(403, "Write access denied")
        return None

    async def _before(self, request: Request) -> Response | None:
        """What is answered before anything is done; all answers count as asked."""
        self.asked.append((request.method, request.url.path))
        await request.body()  # also of one who won't wait for the answer: it is done all the same
        refusal = self._refusal(request, request.method)
        if refusal is not None:
            return refusal
        for (method, ends), instead in self.fails.items():
            if request.method == method and request.url.path.endswith(ends) and instead:
                answer = instead.pop(0)
                if isinstance(answer, Response):
                    return answer
                await asyncio.sleep(answer)
        return None

    async def _events(self, open_socket: WebSocket) -> None:
        refusal = self._refusal(open_socket, "GET")
        app = open_socket.query_params.get("app", "")
        if refusal is not None or not app or self.refuses_sockets:
            await open_socket.send_denial_response(refusal or _error(400, "app must be specified"))
            return
        await open_socket.accept()
        self.sockets.append(open_socket)

        async def send(frame: str) -> None:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await open_socket.send_text(frame)

        await self.exchange.subscribe(app, send)
        try:
            while True:
                await open_socket.receive_text()
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self.sockets.remove(open_socket)
            self.exchange.unsubscribe(app, send)

    async def _list_channels(self, request: Request) -> Response:
        return await self._before(request) or JSONResponse([each.record() for each in self.exchange.channels.values()])

    async def _list_bridges(self, request: Request) -> Response:
        return await self._before(request) or JSONResponse([each.record() for each in self.exchange.bridges.values()])

    async def _channel(self, request: Request) -> Response:
        refusal = await self._before(request)
        if refusal is not None:
            return refusal
        name = request.path_params["id"]
        channel = self.exchange.channels.get(name)
        if request.method == "POST":
            return await self._originated(request, name)
        if channel is None:
            return _error(404, "Channel not found")
        if request.method == "GET":
            return JSONResponse(channel.record())
        reason = request.query_params.get("reason", "normal")
        if reason not in REASONS:
            return _error(400, "Invalid reason for hangup provided")
        await self.exchange.hang_up(channel, REASONS[reason])
        return Response(status_code=204)

    async def _originated(self, request: Request, name: str) -> Response:
        given = request.query_params
        unknown = set(given) - ORIGINATE
        body = await request.body()
        variables: Any = {}
        if body:
            assert request.headers.get("content-type") == "application/json", "a body of another kind is not read"
            variables = json.loads(body).get("variables", {})
            assert all(isinstance(value, str) for value in variables.values())
        if unknown:  # the real one lets this pass; a name that is spelled wrong then does nothing
            return _error(400, f"unknown {', '.join(sorted(unknown))}")
        if len(name) > LONGEST_ID:
            return _error(400, f"Uniqueid length exceeds maximum of {LONGEST_ID}")
        if not given.get("endpoint"):
            return _error(400, "Endpoint must be specified")
        if not given.get("app"):
            return _error(400, "Application or extension must be specified")
        if given.get("originator") and given.get("formats"):
            return _error(400, "Originator and formats can't both be specified")
        if given.get("originator") and given["originator"] not in self.exchange.channels:
            return _error(400, "Provided originator channel was not found")
        technology, slash, resource = given["endpoint"].partition("/")
        if not slash or not resource:
            return _error(400, "Invalid endpoint specified")
        if name in self.exchange.channels:
            return _error(409, "Channel with given unique ID already exists")
        if technology not in TECHNOLOGIES or not self.exchange.does(given["endpoint"]).registered:
            return JSONResponse({"error": "Allocation failed"}, 500)
        channel = Channel(
            name,
            given["endpoint"],
            given["app"],
            given.get("appArgs", "").split(","),
            given.get("callerId", ""),
            variables,
            float(given.get("timeout", "30")),
        )
        self.exchange.originate(channel)
        return JSONResponse(channel.record())

    async def _at_channel(self, request: Request) -> Response:
        refusal = await self._before(request)
        if refusal is not None:
            return refusal
        channel = self.exchange.channels.get(request.path_params["id"])
        what = request.path_params["what"]
        if channel is None:
            return _error(404, "Channel not found")
        if not channel.in_stasis:
            return _error(409, "Channel not in Stasis application")
        channel.did.append(f"{what}:{request.query_params.get('media', request.query_params.get('dtmf', ''))}")
        return JSONResponse({"id": "playback"}, 201) if what == "play" else Response(status_code=204)

    async def _bridge(self, request: Request) -> Response:
        refusal = await self._before(request)
        if refusal is not None:
            return refusal
        name = request.path_params["id"]
        bridge = self.exchange.bridges.get(name)
        if request.method == "POST":
            if request.query_params.get("type") != "mixing":
                return _error(400, "only mixing bridges here")
            bridge = self.exchange.bridges.setdefault(name, Bridge(name))
            return JSONResponse(bridge.record())
        if bridge is None:
            return _error(404, "Bridge not found")
        if request.method == "DELETE":
            del self.exchange.bridges[name]
            return Response(status_code=204)
        return JSONResponse(bridge.record())

    async def _add_channel(self, request: Request) -> Response:
        refusal = await self._before(request)
        if refusal is not None:
            return refusal
        bridge = self.exchange.bridges.get(request.path_params["id"])
        channel = self.exchange.channels.get(request.query_params.get("channel", ""))
        if bridge is None:
            return _error(404, "Bridge not found")
        if channel is None:
            return _error(400, "Channel not found")
        if not channel.in_stasis:
            return _error(422, "Channel not in Stasis application")
        if channel.id not in bridge.channels:
            await self.exchange.enter(bridge, channel)
        return Response(status_code=204)

    async def _endpoint(self, request: Request) -> Response:
        refusal = await self._before(request)
        if refusal is not None:
            return refusal
        technology, resource = request.path_params["tech"], request.path_params["resource"]
        if technology not in TECHNOLOGIES:
            return _error(404, "Endpoint not found")
        state = "online" if self.exchange.does(f"{technology}/{resource}").registered else "offline"
        return JSONResponse({"technology": technology, "resource": resource, "state": state, "channel_ids": []})

    async def _shown(self, _request: Request) -> Response:
        exchange = self.exchange
        return JSONResponse(
            {
                "channels": [{**each.record(), "endpoint": each.endpoint} for each in exchange.channels.values()],
                "bridges": [each.record() for each in exchange.bridges.values()],
                "originated": [each.endpoint for each in exchange.originated],
                "sockets": len(self.sockets),
            }
        )

    async def _steered(self, request: Request) -> Response:
        given = request.query_params
        match request.path_params["wish"]:
            case "far_end":
                assert given["does"] in FAR_ENDS
                self.exchange.far_ends[given["dialled"]] = given["does"]
            case "hang_up":
                await self.exchange.hang_up(self.leg(given["ends"]))
            case "press":
                await self.exchange.press(self.leg(given["ends"]), given["digits"])
            case "drop":
                await self.drop_sockets()
            case unknown:
                raise AssertionError(unknown)
        return Response(status_code=204)


def _error(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status)


@contextlib.asynccontextmanager
async def served(app: Any, port: int = 0) -> AsyncIterator[str]:
    """Any ASGI app on loopback, in this loop; its address."""
    listener = sockets.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="error", lifespan="off", ws="websockets-sansio", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listener]))
    try:
        while not server.started:
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listener.close()


async def _program(port: int, far_ends: dict[str, str]) -> None:
    stub = AriStub()
    stub.exchange.far_ends.update(far_ends)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with served(stub.app, port) as url:
        print(json.dumps({"url": url, "user": USER, "password": PASSWORD}), flush=True)
        await ended.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--far-end", action="append", default=[], metavar="DIALLED=DOES")
    options = parser.parse_args()
    asyncio.run(_program(options.port, dict(each.split("=") for each in options.far_end)))
