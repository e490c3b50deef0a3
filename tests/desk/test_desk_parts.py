"""Parts of the desk's outside that need no desk: limits, origins, addresses, settings, figures."""

import socket
from pathlib import Path

import pytest

from agent_tui.config.toml_settings import SettingsError
from agent_tui.desk.limits import Addresses, Buckets, Counts, network_of, require_pace
from agent_tui.desk.listening import ListenError, bind, listening_on
from agent_tui.desk.metrics import Metrics
from agent_tui.desk.origins import Origins
from agent_tui.desk.settings import DeskSettings, load_settings
from agent_tui.protocol.errors import Code, Refusal


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_pace() -> None:
    clock = Clock()
    buckets = Buckets(5.0, 20, clock)
    assert [buckets.take("jane") for _ in range(20)] == [0.0] * 20
    assert buckets.take("jane") == pytest.approx(0.2)
    assert buckets.take("piet") == 0.0
    clock.now += 0.2
    assert buckets.take("jane") == 0.0
    assert buckets.take("jane") > 0


def test_waiting_for_a_bucket_is_not_punished() -> None:
    clock = Clock()
    buckets = Buckets(1.0, 1, clock)
    buckets.take("jane")
    for _ in range(50):
        assert buckets.take("jane") > 0
    clock.now += 1.0
    assert buckets.take("jane") == 0.0


def test_too_fast_says_how_long_to_wait() -> None:
    buckets = Buckets(5.0, 1, Clock())
    require_pace(buckets, "jane", "Slower, please.")
    with pytest.raises(Refusal) as refusal:
        require_pace(buckets, "jane", "Slower, please.")
    assert refusal.value.answer.code is Code.TOO_FAST
    assert refusal.value.answer.retry_after_ms in (200, 201)


def test_counts_let_in_as_many_as_leave() -> None:
    counts = Counts(2)
    assert [counts.enter("a"), counts.enter("a"), counts.enter("a"), counts.enter("b")] == [True, True, False, True]
    counts.leave("a")
    assert counts.enter("a")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("unix", "unix"),
    ],
)
def test_one_address_is_what_one_customer_is_given(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_proxy_nobody_told_of_is_noticed() -> None:
    addresses = Addresses()
    addresses.saw("127.0.0.1", forwarded=True, trusted_proxy=False)
    assert "--behind-proxy 127.0.0.1" in addresses.warning


def test_visitors_of_one_address_are_noticed_and_a_second_address_ends_it() -> None:
    addresses = Addresses(suspicious=3)
    for _ in range(2):
        addresses.saw("10.0.0.1", forwarded=True, trusted_proxy=True)
    assert not addresses.warning
    addresses.saw("10.0.0.1", forwarded=True, trusted_proxy=True)
    assert "All 3 visitors" in addresses.warning
    addresses.saw("10.0.0.2", forwarded=True, trusted_proxy=True)
    assert not addresses.warning


OWN = "http://127.0.0.1:8700"


def origins() -> Origins:
    found = Origins(DeskSettings(origins=("https://example.org",), public_url="https://chat.example.org/"))
    found.add_own([OWN])
    return found


@pytest.mark.parametrize(
    "origin",
    [None, OWN, "http://localhost:8700", "https://example.org", "HTTPS://Example.org", "https://chat.example.org"],
)
def test_known_origins_may(origin: str | None) -> None:
    origins().check(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://example.org",
        "https://example.org.evil.test",
        "https://evil-example.org",
        "https://example.org:8443",
        "https://sub.example.org",
        "http://127.0.0.1:8701",
        "http://127.0.0.1",
        "https://example.org/",
        "https://example.org\x1b[2J",
    ],
)
def test_every_other_origin_may_not(origin: str) -> None:
    with pytest.raises(Refusal) as refusal:
        origins().check(origin)
    assert refusal.value.answer.code is Code.ORIGIN
    assert "\x1b" not in refusal.value.answer.detail


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "[::1]:8700", "localhost:8700"])
def test_loopback_needs_no_protection(listen: str) -> None:
    assert listening_on(listen, "", None, None).host in ("127.0.0.1", "::1")


@pytest.mark.parametrize("listen", ["0.0.0.0:8700", "[::]:8700", "192.0.2.1:80"])
def test_what_others_can_reach_needs_tls_or_a_proxy(listen: str) -> None:
    with pytest.raises(ListenError, match="--behind-proxy ADDRESS"):
        listening_on(listen, "", None, None)
    assert listening_on(listen, "192.0.2.9", None, None).behind_proxy == "192.0.2.9"


@pytest.mark.parametrize("listen", ["8700", "example.org:80", "127.0.0.1:x", "127.0.0.1:70000", ""])
def test_an_impossible_address_is_said(listen: str) -> None:
    with pytest.raises(ListenError, match="--listen needs"):
        listening_on(listen, "", None, None)


def test_a_proxy_is_an_address_not_everybody() -> None:
    with pytest.raises(ListenError, match="--behind-proxy needs"):
        listening_on("0.0.0.0:1", "*", None, None)


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with bind(listening_on("127.0.0.1:0", "", None, None)) as listener:
        port = listener.getsockname()[1]
        with (
            pytest.raises(ListenError, match=f"listens on 127.0.0.1:{port} already"),
            bind(listening_on(f"127.0.0.1:{port}", "", None, None)),
        ):
            pytest.fail("bound twice")
    assert isinstance(listener, socket.socket)


def test_settings_of_file_and_environment(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text('name = "Acme"\n[limits]\nvisitor_burst = 3\n')
    found = load_settings(
        tmp_path, {"AGENT_TUI_DESK_LIMITS_STALLED_MS": "100", "AGENT_TUI_DESK_ORIGINS": '["https://a.b"]'}
    )
    assert (found.name, found.limits.visitor_burst, found.limits.stalled_ms) == ("Acme", 3, 100)
    assert found.origins == ("https://a.b",)


def test_an_unknown_setting_names_file_line_and_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "desk.toml").write_text('name = "Acme"\n\n[limits]\nvisitor_brust = 3\n')
    with pytest.raises(SettingsError, match=r"desk\.toml, line 4: .*`visitor_brust`.*Did you mean `visitor_burst`\?"):
        load_settings(tmp_path, {})


def test_an_unknown_variable_is_said() -> None:
    with pytest.raises(SettingsError, match="AGENT_TUI_DESK_NAEM.*Did you mean `name`"):
        load_settings(Path("/nowhere"), {"AGENT_TUI_DESK_NAEM": "x"})


def test_figures_are_prometheus_text() -> None:
    metrics = Metrics()
    metrics.command("say", "visitor", 3.0)
    metrics.command("say", "visitor", 3000.0)
    metrics.refused("too_fast")
    metrics.gauge("agent_tui_answer", "The answer.", lambda: 42)
    lines = metrics.text().splitlines()
    assert 'agent_tui_commands_total{command="say",role="visitor"} 2' in lines
    assert 'agent_tui_command_milliseconds_bucket{le="5"} 1' in lines
    assert 'agent_tui_command_milliseconds_bucket{le="+Inf"} 2' in lines
    assert 'agent_tui_refusals_total{code="too_fast"} 1' in lines
    assert "agent_tui_answer 42" in lines
    named = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(named) == len(set(named))
