"""A number is handed to a real softphone, which calls a real telephone: on loopback, over SIP."""

import asyncio
from pathlib import Path

from agent_tui.config.settings import SoftphoneSettings
from agent_tui.model.call import CallState
from agent_tui.phones.handover.provider import HandoverProvider
from agent_tui.ports.phone import CallEvent
from tests.phones.handover.softphone import answering, folder_of, free_ports, program
from tests.phones.handover.test_provider import NO_DESKTOP, request

NUMBER = "+31612345678"


async def test_a_real_softphone_gets_the_number_and_its_call_is_established(tmp_path: Path) -> None:
    ours, theirs, our_control, their_control = free_ports(4)
    softphone = folder_of(tmp_path / "softphone", "sanne", ours, our_control)
    telephone = folder_of(tmp_path / "telephone", NUMBER, theirs, their_control)
    settings = SoftphoneSettings(
        dial=(program(), "-4", "-n", "127.0.0.1", "-f", str(softphone), "-e", f"d sip:{{e164}}@127.0.0.1:{theirs}"),
        done="running",
    )
    provider = HandoverProvider(settings, lambda: 7, NO_DESKTOP)
    with answering(telephone, their_control) as far:
        await provider.start(request(number=NUMBER))
        try:
            told = await anext(provider.events())
            established = await asyncio.to_thread(far.event, "CALL_ESTABLISHED")
            assert established["direction"] == "incoming"
            assert established["peeruri"].startswith(f"sip:sanne@127.0.0.1:{ours}")
            # Both can hear each other, and all the provider says is still that the number was handed over.
            assert isinstance(told, CallEvent)
            assert (told.state, told.raw_code) == (CallState.HANDED_OVER, "command")
        finally:
            after = await provider.hangup(request().call_id)
        assert after.state is CallState.HANDED_OVER
        await asyncio.to_thread(far.event, "CALL_CLOSED")
