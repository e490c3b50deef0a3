"""Figures of a running desk in Prometheus' text format (exposition format 0.0.4)."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

_ACK_BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 250, 1000)


class Gauge(NamedTuple):
    """A figure read at the moment it is asked for."""

    name: str
    help: str
    read: Callable[[], float]


class Metrics:
    """Counters, the time from a command's arrival to its answer, and gauges that others register."""

    def __init__(self) -> None:
        self._commands: Counter[tuple[str, str]] = Counter()
        self._refused: Counter[str] = Counter()
        self._ack_buckets = [0] * (len(_ACK_BOUNDS_MS) + 1)
        self._ack_sum_ms = 0.0
        self._gauges: list[Gauge] = []
        self.events = 0
        self.pushes = 0
        self.cut_readers = 0

    def gauge(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Register a figure."""
        self._gauges.append(Gauge(name, help_text, read))

    def command(self, name: str, role: str, took_ms: float) -> None:
        """Count a command that was carried out."""
        self._commands[name, role] += 1
        self._ack_sum_ms += took_ms
        for index, bound in enumerate(_ACK_BOUNDS_MS):
            if took_ms <= bound:
                self._ack_buckets[index] += 1
                return
        self._ack_buckets[-1] += 1

    def refused(self, code: str) -> None:
        """Count a refusal."""
        self._refused[code] += 1

    def refusals(self, code: str) -> int:
        """How many refusals of this code there were."""
        return self._refused[code]

    def text(self) -> str:
        """All figures as Prometheus reads them."""
        lines: list[str] = []
        _family(lines, "agent_tui_commands_total", "counter", "Socket commands carried out.")
        for (name, role), count in sorted(self._commands.items()):
            lines.append(f'agent_tui_commands_total{{command="{name}",role="{role}"}} {count}')
        _family(lines, "agent_tui_refusals_total", "counter", "Commands and requests refused, by code.")
        for code, count in sorted(self._refused.items()):
            lines.append(f'agent_tui_refusals_total{{code="{code}"}} {count}')
        counters = (
            ("agent_tui_events_total", "Durable events published.", self.events),
            ("agent_tui_pushes_total", "Frames pushed to readers.", self.pushes),
            ("agent_tui_cut_readers_total", "Readers disconnected for being too slow.", self.cut_readers),
        )
        for name, help_text, count in counters:
            _family(lines, name, "counter", help_text)
            lines.append(f"{name} {count}")
        self._histogram(lines)
        for gauge in self._gauges:
            _family(lines, gauge.name, "gauge", gauge.help)
            lines.append(f"{gauge.name} {gauge.read():g}")
        return "\n".join(lines) + "\n"

    def _histogram(self, lines: list[str]) -> None:
        name = "agent_tui_command_milliseconds"
        _family(lines, name, "histogram", "From a command's arrival to its answer.")
        total = 0
        for bound, count in zip((*_ACK_BOUNDS_MS, "+Inf"), self._ack_buckets, strict=True):
            total += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
        lines.append(f"{name}_sum {self._ack_sum_ms:.3f}")
        lines.append(f"{name}_count {total}")


def _family(lines: list[str], name: str, kind: str, help_text: str) -> None:
    lines.append(f"# HELP {name} {help_text}")
    lines.append(f"# TYPE {name} {kind}")
