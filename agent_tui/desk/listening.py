"""Where a desk listens: loopback, unless it has TLS or a proxy in front."""

import contextlib
import errno
import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct


class ListenError(Exception):
    """The desk cannot listen there; the text says why and what to do."""


class Listening(Struct, frozen=True):
    """An address to listen on, and who is trusted in front of it."""

    host: str
    port: int
    family: socket.AddressFamily
    behind_proxy: str = ""
    certificate: Path | None = None
    key: Path | None = None

    def url(self, listener: socket.socket) -> str:
        """The address as a client on this machine writes it, with the port that was given."""
        port = listener.getsockname()[1]
        unspecified = ipaddress.ip_address(self.host).is_unspecified
        host = ("::1" if self.family == socket.AF_INET6 else "127.0.0.1") if unspecified else self.host
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self.certificate else 'http'}://{shown}:{port}"


def listening_on(listen: str, behind_proxy: str, certificate: Path | None, key: Path | None) -> Listening:
    """`HOST:PORT` as an address. Raises `ListenError` for one that others could reach without protection."""
    host, colon, port_text = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not (port_text.isascii() and port_text.isdigit()) or int(port_text) > 65535:
        raise ListenError(f"--listen needs HOST:PORT, such as 127.0.0.1:8700; it was {listen!r}.")
    if host == "localhost":
        host = "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise ListenError(f"--listen needs an IP address such as 127.0.0.1 or 0.0.0.0; it was {host!r}.") from None
    if behind_proxy:
        try:
            ipaddress.ip_network(behind_proxy)
        except ValueError:
            raise ListenError(f"--behind-proxy needs the proxy's IP address; it was {behind_proxy!r}.") from None
    if (certificate is None) != (key is None):
        raise ListenError("TLS needs both a certificate and its key.")
    if not address.is_loopback and not certificate and not behind_proxy:
        raise ListenError(
            f"{host} can be reached from other machines, and what is said would cross the network in the clear. "
            "Give a TLS certificate and key, or put a proxy in front and name it with --behind-proxy ADDRESS."
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    return Listening(host, int(port_text), family, behind_proxy, certificate, key)


@contextlib.contextmanager
def bind(listening: Listening) -> Iterator[socket.socket]:
    """A bound socket. Raises `ListenError` where the port is taken or may not be had."""
    # The protocol is named because asyncio turns Nagle's algorithm off only where it is: an ack would wait 40 ms.
    listener = socket.socket(listening.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((listening.host, listening.port))
            # at once: what SO_REUSEADDR lets two bind to, only one may listen on
            listener.listen(2048)
        except OSError as error:
            raise ListenError(_why(listening, error)) from None
        listener.setblocking(False)
        yield listener
    finally:
        listener.close()


def _why(listening: Listening, error: OSError) -> str:
    place = f"{listening.host}:{listening.port}"
    if error.errno == errno.EADDRINUSE:
        return f"Another program listens on {place} already. Choose another port with --listen, or 0 for a free one."
    if error.errno == errno.EACCES:
        return f"This user may not listen on {place}. Ports below 1024 need a proxy in front, or more rights."
    return f"The desk cannot listen on {place}: {error.strerror or error}."
