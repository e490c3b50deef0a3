"""Addresses in foreign text: which may be opened, and which host a person is shown before opening one.

What is opened is the normalised address kept here, as one argument of a program, never through a shell.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from agent_tui.model.text import SafeText

LONGEST_ADDRESS: Final = 2048
"""Code points; a longer one is refused."""

_ADDRESS_IN_TEXT: Final = re.compile(
    # Longer than LONGEST_ADDRESS, so that a longer one is refused and not cut into another address.
    r"(?:https?://|mailto:)[^\s<>\[\]\"`\u2400-\u2421\u25cc\ufffd]{1,2100}",
    re.IGNORECASE,
)
_ENDS_A_SENTENCE: Final = ".,;:!?)}'…。,!?」"
_SCHEME: Final = re.compile(r"(https?|mailto):", re.IGNORECASE)
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?|\[[0-9a-f:.]+\]")
_MAILBOX: Final = re.compile(r"[A-Za-z0-9!#$&'*+/=?^_`{|}~.][A-Za-z0-9!#$&'*+/=?^_`{|}~.-]*@[^@%,;:\s]+")
_MAIL_FIELDS: Final = ("subject", "body")
_NO_ADDRESS_HOLDS: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\\<>\"`{}|^]")
_KEPT_UNQUOTED: Final = "!#$%&'()*+,/:;=?@[]~"


class LinkRefused(ValueError):
    """The address is not opened; the message is a sentence for the agent."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that may be opened. `url` is ASCII; `host` is what is shown, in punycode where it isn't ASCII."""

    url: str
    host: SafeText


def checked_link(address: str) -> Link:
    """The link behind an address; raises LinkRefused.

    Only http, https and mailto; no user name before the host (`https://bank.example@evil.example/`), no space, control
    character or backslash anywhere. A host that isn't ASCII is shown and opened as punycode (RFC 3490), so a Cyrillic
    look-alike can't pass for the real one. Of a mailto address (RFC 6068) only one recipient, the subject and the body
    are kept.
    """
    if len(address) > LONGEST_ADDRESS:
        raise LinkRefused(f"This link is not opened: it is longer than {LONGEST_ADDRESS} characters.")
    scheme = _SCHEME.match(address)
    if scheme is None:
        raise LinkRefused("This link is not opened: only web (http, https) and mail addresses are.")
    if _NO_ADDRESS_HOLDS.search(address) or any(unicodedata.category(c)[0] == "C" for c in address):
        raise LinkRefused("This link is not opened: it holds characters that no address has.")
    return _mail(address) if scheme[1].lower() == "mailto" else _web(address)


def links_in(text: str) -> tuple[tuple[int, int, Link], ...]:
    """The links in a text that may be opened, in order: start and end (code points) and the link."""
    found = []
    for match in _ADDRESS_IN_TEXT.finditer(text):
        address = _without_sentence_end(match.group())
        try:
            found.append((match.start(), match.start() + len(address), checked_link(address)))
        except LinkRefused:
            continue
    return tuple(found)


def _web(address: str) -> Link:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise LinkRefused("This link is not opened: its host or port is not valid.") from None
    if parts.username is not None or parts.password is not None:
        raise LinkRefused("This link is not opened: it has a user name before the host, as fakes do.")
    netloc = parts.netloc
    host = _ascii_host(f"[{parts.hostname}]" if netloc.startswith("[") else parts.hostname or "")
    place = host if port is None else f"{host}:{port}"
    rest = address[address.index("//") + 2 + len(netloc) :]
    return Link(f"{parts.scheme}://{place}{quote(rest, safe=_KEPT_UNQUOTED)}", SafeText(place))


def _mail(address: str) -> Link:
    recipient, _, query = address[len("mailto:") :].partition("?")
    if _MAILBOX.fullmatch(recipient) is None:
        raise LinkRefused("This mail address is not opened: it is not one plain address.")
    local, _, domain = recipient.rpartition("@")
    kept = [(name.lower(), value) for name, value in parse_qsl(query) if name.lower() in _MAIL_FIELDS]
    mailbox = f"{local}@{_ascii_host(domain)}"
    tail = f"?{urlencode(kept, quote_via=quote)}" if kept else ""
    return Link(f"mailto:{quote(mailbox, safe=_KEPT_UNQUOTED)}{tail}", SafeText(mailbox))


def _ascii_host(host: str) -> str:
    try:
        ascii_host = host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_host = ""
    if _HOST.fullmatch(ascii_host) is None:
        raise LinkRefused("This link is not opened: its host is not valid.")
    return ascii_host


def _without_sentence_end(address: str) -> str:
    """The address without the punctuation of the sentence it stands in; a bracket opened inside it stays closed."""
    while address and address[-1] in _ENDS_A_SENTENCE:
        if address[-1] == ")" and address.count("(") >= address.count(")"):
            break
        address = address[:-1]
    return address
