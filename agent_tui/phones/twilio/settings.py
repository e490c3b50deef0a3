"""What an admin says of a Twilio account."""

import re
from typing import Final

from msgspec import Struct

from agent_tui.model.call import E164
from agent_tui.ports.errors import Refused

_ACCOUNT: Final = re.compile(r"AC[0-9a-fA-F]{32}")
_SIP: Final = re.compile(r"sip:\{extension\}@[A-Za-z0-9.-]{1,200}")


class TwilioSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`[phone.providers.twilio]`: its auth token is the provider's secret."""

    account: str = ""
    """The account's SID: AC and 32 hexadecimal digits."""
    number: str = ""
    """The number that is called from: bought from Twilio or verified there, as +31201234567."""
    agent_sip: str = ""
    """How an agent with an extension is reached: `sip:{extension}@acme.sip.twilio.com`; empty: by their number only.

    A mobile's voicemail takes the call like a person, and Twilio can't ask for a key without an address of ours.
    """
    url: str = "https://api.twilio.com"


def checked(settings: TwilioSettings) -> TwilioSettings:
    """The same. Raises `Refused` for what can't work, with the setting's name."""
    if not _ACCOUNT.fullmatch(settings.account):
        raise Refused("The phone provider twilio needs `account`: the account's SID, AC and 32 hexadecimal digits.")
    if not E164.fullmatch(settings.number):
        raise Refused("The phone provider twilio needs `number`: the number to call from, like +31201234567.")
    if settings.agent_sip and not _SIP.fullmatch(settings.agent_sip):
        raise Refused("`agent_sip` of the phone provider twilio is like sip:{extension}@acme.sip.twilio.com.")
    return settings
