"""What an admin says of the exchange."""

import re
from typing import Final, Literal

from msgspec import Struct

from agent_tui.phones.asterisk.codec import is_app
from agent_tui.ports.errors import Refused

_TEMPLATE: Final = re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9_.@+:/-]*")
"""No `&`, which rings several at once."""
_HOLES: Final = ("{extension}", "{e164}", "{digits}", "{zerozero}")


class AsteriskSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`[phone.providers.asterisk]`: an ARI user. Beyond this machine it needs TLS, or a tunnel."""

    url: str = "http://127.0.0.1:8088"
    user: str = ""
    """Of ari.conf, with `read_only = no`; its password is the provider's secret."""
    app: str = "agenttui"
    """The Stasis application. Each desk needs one of its own: a second socket takes the first one's calls away."""
    agent: str = "PJSIP/{extension}"
    """How an agent's telephone is dialled; `Local/{extension}@agents` goes through the dialplan."""
    agent_by_number: str = ""
    """How an agent is dialled who has a number and no extension: `PJSIP/{e164}@trunk`; empty: not at all."""
    customer: str = "PJSIP/{e164}@trunk"
    """`{e164}` is +31612345678, `{digits}` 31612345678, `{zerozero}` 0031612345678."""
    press_1: Literal["number", "always", "never"] = "number"
    """Whose pick-up counts only once they pressed 1, so that no voicemail gets the customer."""
    prompt: str = ""
    """A sound of the exchange's that says so: `sound:press-1`; empty: none."""


def checked(settings: AsteriskSettings) -> AsteriskSettings:
    """The same. Raises `Refused` for what can't work, with the setting's name."""
    if not settings.user:
        raise Refused("The phone provider asterisk needs `user`: the one in ari.conf.")
    if not is_app(settings.app):
        raise Refused("`app` of the phone provider asterisk is letters, digits and `_`.")
    for field, holes in (
        ("agent", ("{extension}",)),
        ("agent_by_number", ("{e164}", "{digits}", "{zerozero}")),
        ("customer", ("{e164}", "{digits}", "{zerozero}")),
    ):
        template = getattr(settings, field)
        if not template and field == "agent_by_number":
            continue
        bare = template
        for hole in _HOLES:
            bare = bare.replace(hole, "")
        if not any(hole in template for hole in holes) or not _TEMPLATE.fullmatch(bare):
            wanted = " or ".join(holes)
            raise Refused(f"`{field}` of the phone provider asterisk is like PJSIP/… with {wanted} in it.")
    return settings
