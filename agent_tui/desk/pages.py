"""What needs no sign-in: the widget's files, health, figures, the API's description. And the opening hours' file."""

import msgspec
from starlette.responses import Response

from agent_tui.desk.asked import Asked
from agent_tui.desk.openapi import openapi
from agent_tui.desk.socket import bearer
from agent_tui.desk.widget.files import EMBED, PAGE, widget_files, widget_headers
from agent_tui.model.words import Role
from agent_tui.protocol.errors import Code, Refusal
from agent_tui.protocol.requests import Health, HoursFile

_LOOPBACK = frozenset({"127.0.0.1", "::1", "::/64"})


async def health(asked: Asked) -> Health | Response:
    """200 while the desk can read and write, else 503 with what is wrong."""
    found = await asked.desk.health.check(asked.desk.addresses.warning)
    if found.ok:
        return found
    return Response(msgspec.json.encode(found), status_code=503, media_type="application/json")


async def metrics(asked: Asked) -> Response:
    """Figures for Prometheus: on loopback, to a staff token, or to anybody where the settings say so."""
    header = asked.request.headers.get("authorization")
    proxied = "x-forwarded-for" in asked.request.headers
    allowed = asked.desk.settings.metrics_public or (asked.address in _LOOPBACK and not proxied)
    if not allowed and header is not None:
        allowed = (await asked.desk.auth.actor(bearer(header))).role is not Role.VISITOR
    if not allowed:
        raise Refusal(Code.UNAUTHORISED, "The figures are for this machine, or for a staff token.")
    return Response(asked.desk.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


async def api_description(_: Asked) -> Response:
    """OpenAPI."""
    return Response(msgspec.json.encode(openapi()), media_type="application/json")


async def hours(asked: Asked) -> HoursFile:
    """The opening hours as their file says them, and what they mean now."""
    return HoursFile(await asked.desk.service.hours_text(), asked.desk.service.hours())


async def set_hours(asked: Asked) -> HoursFile:
    """Replace the opening hours."""
    body: HoursFile = asked.body
    await asked.desk.service.set_hours(asked.actor, body.text)
    return await hours(asked)


def _file(asked: Asked, name: str) -> Response:
    found = widget_files().get(name)
    if found is None:
        raise Refusal(Code.NOT_FOUND, "There is no such file here.")
    headers = {**widget_headers(asked.desk.origins.sites), "Content-Type": found.media_type}
    if "gzip" not in asked.request.headers.get("accept-encoding", ""):
        return Response(found.body, headers=headers)
    return Response(found.gzipped, headers={**headers, "Content-Encoding": "gzip"})


async def widget_page(asked: Asked) -> Response:
    """The visitor's page."""
    return _file(asked, PAGE)


async def widget_embed(asked: Asked) -> Response:
    """The script a site embeds."""
    return _file(asked, EMBED)


async def widget_file(asked: Asked) -> Response:
    """One of the page's scripts and styles."""
    return _file(asked, str(asked.request.path_params["file"]))
