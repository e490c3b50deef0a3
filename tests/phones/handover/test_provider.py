"""Handing over: real programs for softphone and opener, and never a claim beyond *handed over*."""

import asyncio
import json
import logging
import os
import shlex
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent_tui.config.settings import SoftphoneSettings
from agent_tui.model.call import Basis, BasisKind, CallId, CallState, Number, Reason
from agent_tui.model.ids import AgentId
from agent_tui.phones.handover.opener import Opener, find_opener
from agent_tui.phones.handover.provider import HandoverProvider, Way
from agent_tui.ports.phone import AgentPhone, CallEvent, CallRequest

PHONE = AgentPhone(AgentId("sanne"))
NO_DESKTOP = {"SSH_TTY": "/dev/pts/1"}
TELLS = """
import json, os, sys
with open(sys.argv[1], "a") as told:
    stdin = os.readlink("/proc/self/fd/0")
    leads = os.getsid(0) == os.getpid()
    json.dump({"argv": sys.argv[2:], "stdin": stdin, "leads": leads, "x": os.environ.get("X")}, told)
    told.write(chr(10))
"""


def request(call_id: str = "0198f300-0000-7000-8000-000000000001", number: str = "+31612345678") -> CallRequest:
    return CallRequest(
        call_id=CallId(call_id),
        conversation="c42",
        agent=PHONE,
        number=Number(number),
        caller_id=None,
        basis=Basis(BasisKind.CUSTOMER_REQUEST, "m-881"),
    )


def provider(
    environ: Mapping[str, str] | None = None, opener: Opener | None = None, **settings: Any
) -> HandoverProvider:
    return HandoverProvider(
        SoftphoneSettings(**settings),
        lambda: 7,
        NO_DESKTOP if environ is None else environ,
        (lambda _: opener) if opener is not None else find_opener,
    )


def python(program: str, *arguments: object) -> tuple[str, ...]:
    return (sys.executable, "-c", program, *map(str, arguments))


async def handed_over(telephone: HandoverProvider, asked: CallRequest) -> CallEvent:
    """Start it; the one event that comes of it."""
    await telephone.start(asked)
    event = await anext(telephone.events())
    assert isinstance(event, CallEvent)
    assert (event.call_id, event.state, event.reason) == (asked.call_id, CallState.HANDED_OVER, None)
    return event


def told_by(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def test_the_softphone_gets_the_number_as_one_argument_in_a_session_of_its_own(tmp_path: Path) -> None:
    told = tmp_path / "told"
    telephone = provider(dial=python(TELLS, told, "dial", "sip:{e164}@pbx; rm -rf"), env={"X": "1"})
    event = await handed_over(telephone, request())
    assert event.raw_code == "command"
    assert told_by(told) == [
        {"argv": ["dial", "sip:+31612345678@pbx; rm -rf"], "stdin": "/dev/null", "leads": True, "x": "1"}
    ]


async def test_a_call_is_handed_over_once_however_often_it_is_started(tmp_path: Path) -> None:
    told = tmp_path / "told"
    telephone = provider(dial=python(TELLS, told, "{e164}"))
    await asyncio.gather(*(telephone.start(request()) for _ in range(3)))
    await telephone.start(request())
    assert len(told_by(told)) == 1
    state = await telephone.status(request().call_id)
    assert state is not None
    assert state.state is CallState.HANDED_OVER


@pytest.mark.parametrize(
    ("dial", "why"),
    [
        (python("raise SystemExit(3)", "{e164}"), "ended with 3"),
        (("no-such-softphone", "{e164}"), "is not on this machine"),
        ((str(Path(__file__)), "{e164}"), "is not on this machine"),
    ],
)
async def test_what_could_not_be_done_is_said_and_the_screen_is_left(dial: tuple[str, ...], why: str) -> None:
    telephone = provider(dial=dial)
    event = await handed_over(telephone, request())
    handed = telephone.handed(request().call_id)
    assert handed is not None
    assert (event.raw_code, handed.way, why in handed.sentence) == ("shown", Way.SHOWN, True)


async def test_a_command_that_does_not_end_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = "import os, sys, time\nopen(sys.argv[1], 'w').write(str(os.getpid()))\ntime.sleep(60)"
    script = f"{shlex.join(python(program, child))} & wait"
    telephone = provider(dial=("sh", "-c", script, "softphone", "{e164}"), timeout_s=1.0)
    await handed_over(telephone, request())
    handed = telephone.handed(request().call_id)
    assert handed is not None
    assert "did not end within 1 s and was stopped" in handed.sentence
    await gone(int(child.read_text()))


async def test_a_telephone_that_a_command_leaves_behind_is_not_waited_for(tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = "import os, sys, time\nopen(sys.argv[1], 'w').write(str(os.getpid()))\ntime.sleep(60)"
    script = f"{shlex.join(python(program, child))} & while [ ! -s {shlex.quote(str(child))} ]; do sleep 0.05; done"
    telephone = provider(dial=("sh", "-c", script, "softphone", "{e164}"), timeout_s=30.0)
    event = await handed_over(telephone, request())
    pid = int(child.read_text())
    try:
        assert event.raw_code == "command"
        os.kill(pid, 0)
    finally:
        os.kill(pid, signal.SIGKILL)


async def test_a_softphone_that_runs_as_long_as_the_call_is_told_to_end() -> None:
    telephone = provider(dial=python("import time; time.sleep(60)", "{e164}"), done="running")
    assert telephone.caps.hangup
    event = await handed_over(telephone, request())
    assert event.raw_code == "command"
    running = telephone._running[request().call_id]
    assert running.poll() is None
    after = await telephone.hangup(request().call_id)
    assert after.state is CallState.HANDED_OVER
    await asyncio.to_thread(running.wait, 10)


async def test_hanging_up_runs_its_command_and_claims_nothing(tmp_path: Path) -> None:
    told = tmp_path / "told"
    telephone = provider(dial=python("", "{e164}"), hangup=python(TELLS, told, "hangup", "{digits}"))
    await handed_over(telephone, request())
    assert (await telephone.hangup(request().call_id)).state is CallState.HANDED_OVER
    assert told_by(told)[0]["argv"] == ["hangup", "31612345678"]


async def test_cancel_tells_the_truth_of_both_kinds() -> None:
    telephone = provider()
    before = await telephone.cancel(request().call_id)
    assert (before.state, before.reason) == (CallState.ENDED, Reason.CANCELLED)
    await handed_over(telephone, request())
    assert (await telephone.cancel(request().call_id)).state is CallState.HANDED_OVER


async def test_the_log_keeps_what_a_softphone_says_with_its_digits_masked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await handed_over(provider(dial=python("import sys; print('dialling', sys.argv[1])", "{e164}")), request())
    assert "dialling +…5678" in caplog.text
    assert "612345678" not in caplog.text


async def test_the_desktop_s_opener_gets_exactly_the_link(tmp_path: Path) -> None:
    told = tmp_path / "told"
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\nexec {shlex.join(python(TELLS, told))} "$@"\n')
    opener.chmod(0o755)
    event = await handed_over(provider(opener=Opener(str(opener))), request())
    assert event.raw_code == "link"
    assert told_by(told)[0]["argv"] == ["tel:+31612345678"]


async def test_an_opener_that_fails_leaves_the_screen_and_says_so(tmp_path: Path) -> None:
    opener = tmp_path / "xdg-open"
    opener.write_text("#!/bin/sh\nexit 4\n")
    opener.chmod(0o755)
    telephone = provider(opener=Opener(str(opener)))
    await handed_over(telephone, request())
    handed = telephone.handed(request().call_id)
    assert handed is not None
    assert (handed.way, "ended with 4" in handed.sentence) == (Way.SHOWN, True)


@pytest.mark.parametrize(
    ("environ", "has", "handler", "program", "why"),
    [
        ({"DISPLAY": ":0", "SSH_CONNECTION": "x"}, True, "phone.desktop", "", "another machine"),
        ({"DISPLAY": ":0", "SSH_TTY": "x"}, True, "phone.desktop", "", "another machine"),
        ({}, True, "phone.desktop", "", "no desktop"),
        ({"DISPLAY": ":0"}, False, "phone.desktop", "", "xdg-utils"),
        ({"DISPLAY": ":0"}, True, "", "", "No program"),
        ({"DISPLAY": ":0"}, True, "phone.desktop", "xdg-open", ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, "phone.desktop", "xdg-open", ""),
    ],
)
def test_an_opener_is_offered_only_where_it_could_do_anything(
    environ: dict[str, str], has: bool, handler: str, program: str, why: str
) -> None:
    found = find_opener(environ, "linux", lambda _: "/usr/bin/xdg-open" if has else None, lambda: handler)
    assert (found.program, why in found.why) == (program, True)


async def test_over_ssh_nothing_is_opened_and_only_ready_says_why() -> None:
    telephone = provider({"DISPLAY": ":0", "SSH_CONNECTION": "x"})
    ready = await telephone.ready(PHONE)
    assert (ready.ok, ready.reason) == (True, "shown")
    assert "another machine" in ready.hint
    await handed_over(telephone, request())
    handed = telephone.handed(request().call_id)
    assert handed is not None
    assert handed.sentence == "", "the card says what failed, not what this machine is"


async def gone(pid: int) -> None:
    """Wait until this process is no more."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{pid} still runs")
