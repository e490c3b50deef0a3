"""An invite as people pass it on: a desk's address and a code, in whatever words they come."""

import re
from typing import Final

from msgspec import Struct

_CODE: Final = re.compile(r"\b[A-Za-z0-9]{5}(?:-[A-Za-z0-9]{5}){4}\b")
_URL: Final = re.compile(r"\bhttps?://[^\s\"'<>]+", re.IGNORECASE)


class InviteText(Struct, frozen=True):
    """What was found; each is empty where it was not."""

    url: str = ""
    code: str = ""


def read_invite(text: str) -> InviteText:
    """Find both in what was pasted: the whole command, an address with a code behind it, or one of them."""
    url = _URL.search(text)
    rest = text.replace(url[0], " ") if url else text
    code = _CODE.search(rest)
    return InviteText(url[0].rstrip("/.,;") if url else "", code[0].upper() if code else "")


def login_command(url: str, code: str) -> str:
    """What somebody types to use an invite."""
    return f"agent-tui login {url} --code {code}"
