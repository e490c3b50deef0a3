"""The widget's files as the desk serves them: what may be asked for, its media type, and the headers that guard it."""

import gzip
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

PAGE = "index.html"
EMBED = "embed.js"

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}


class WidgetFile(NamedTuple):
    """One file of the widget."""

    body: bytes
    gzipped: bytes
    """The same for whoever accepts it (`Content-Encoding: gzip`): a third of the bytes."""
    media_type: str


@cache
def widget_files() -> dict[str, WidgetFile]:
    """Every file of the widget by its name; a name that is not in here is not served."""
    found = {}
    for entry in files(__package__).iterdir():
        media_type = _MEDIA_TYPES.get(f".{entry.name.rpartition('.')[2]}")
        if media_type is not None:
            body = entry.read_bytes()
            found[entry.name] = WidgetFile(body, gzip.compress(body, mtime=0), media_type)
    return found


def widget_headers(sites: Sequence[str]) -> dict[str, str]:
    """Headers of every widget file. `sites`: the origins that may show the page in a frame, beside the desk's own.

    Nothing inline runs, no string becomes script or markup (Trusted Types), and the page talks to its own desk only.
    """
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        " ".join(["frame-ancestors 'self'", *sites]),
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
