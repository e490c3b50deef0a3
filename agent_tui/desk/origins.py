"""Which pages may talk to the desk: an exact list of origins (RFC 6454), never a part of a name, never the Host header.

A browser always says where a page is from. Programs other than browsers do not, and are not asked.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from agent_tui.desk.settings import DeskSettings
from agent_tui.protocol.errors import Code, Refusal

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def origin_of(url: str) -> str:
    """The origin of an address: scheme, host and port, without a path. Empty if it has none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else ""


class Origins:
    """The desk's own origins and the sites of its settings."""

    def __init__(self, settings: DeskSettings) -> None:
        self.sites = tuple(origin_of(site) for site in settings.origins if origin_of(site))
        """May show the widget in a frame."""
        self._known = {*self.sites, origin_of(settings.public_url)} - {""}

    def add_own(self, urls: Iterable[str]) -> None:
        """The addresses the desk listens on; on loopback, under each of its names."""
        for url in urls:
            parts = urlsplit(url)
            self._known.add(origin_of(url))
            if parts.hostname in ("127.0.0.1", "::1", "localhost"):
                self._known.update(f"{parts.scheme}://{name}:{parts.port}" for name in _LOOPBACK_NAMES)

    def check(self, origin: str | None) -> None:
        """Raises `Refusal` for a page that is not on the list; no origin at all is no page."""
        if origin is None or origin.lower() in self._known:
            return
        shown = origin[:200] if origin.isascii() and origin.isprintable() else "that page"
        raise Refusal(
            Code.ORIGIN, f"This desk does not answer pages of {shown}. Its admin can add the site to `origins`."
        )
