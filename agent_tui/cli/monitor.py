"""`agent-tui monitor`: the wall for whoever supervises. Nothing that could act is made for it."""

from typing import TYPE_CHECKING, Final

import click

from agent_tui.cli.chosen import Chosen
from agent_tui.cli.console import require_terminal
from agent_tui.cli.exits import Exit, exit_of, leave, sentences

if TYPE_CHECKING:
    from agent_tui.cli.ways import Way
    from agent_tui.config.paths import Paths
    from agent_tui.runtime.net import Find
    from agent_tui.ui.monitor.options import OpenedMonitor

WHY_HERE: Final = "You are a supervisor on this desk, who only watches: so this is the monitor, and not the console."
SUPERVISOR: Final = "Noor"
"""Who watches the demo."""


@click.command()
@click.option("--demo", "demo", is_flag=False, flag_value="", default=None, metavar="[NAME]", help="Watch a demo.")
@click.option("--once", is_flag=True, help="Print the board once, and end.")
@click.option("--json", "as_json", is_flag=True, help="With --once: one JSON object.")
@click.option("--alerts-example", is_flag=True, help="Print an alerts file that works, to begin with.")
@click.pass_obj
def monitor(chosen: Chosen, demo: str | None, once: bool, as_json: bool, alerts_example: bool) -> None:
    """Watch: who waits, who is at risk, how the team does, any conversation live. Nothing can be changed from here.

    For supervisors and admins. What is looked at is written down at the desk, and agents can read it afterwards
    (`agent-tui watched`). Alerts by threshold stand in alerts.toml beside the settings.
    """
    from agent_tui.cli.ways import way_to
    from agent_tui.config.paths import find_paths
    from agent_tui.config.settings import load_settings
    from agent_tui.model.words import Role

    paths = find_paths()
    if alerts_example:
        from agent_tui.storage.alert_rules import EXAMPLE

        click.echo(f"# {paths.alerts}\n{EXAMPLE}", nl=False)
        return
    if as_json and not once:
        leave(Exit.USAGE, "--json belongs to --once. For a stream of events there is `agent-tui tail --json`.")
    if not once:
        require_terminal("The monitor needs a terminal. For scripts there is `agent-tui monitor --once --json`.")
    if demo is not None:
        from agent_tui.cli.demo.command import running_demo

        way = demo_way(running_demo(demo, "monitor", "--demo"))
    else:
        with sentences():
            found = way_to(chosen, paths, load_settings(paths).profile, own_role=Role.SUPERVISOR)
        if found is None:
            leave(Exit.USAGE, "There is no desk to watch yet. Join one: agent-tui login URL. Or try: agent-tui demo.")
        way = found
    if once:
        print_board(way, as_json=as_json)
    else:
        watch(way, paths)


def demo_way(name: str) -> "Way":
    """To the demo of this name, as a supervisor."""
    from agent_tui.cli.accounts import DEMO_PLACE
    from agent_tui.cli.demo import folder as demo_folder
    from agent_tui.cli.ways import Way
    from agent_tui.model.words import Role

    async def find(again: bool) -> "object":
        from agent_tui.runtime.own_desk import OwnDesk

        desk = OwnDesk(demo_folder.paths_of(name).desk, Role.SUPERVISOR, SUPERVISOR, may_start=False)
        return await desk.find(again)

    return Way(f"demo-{name}", DEMO_PLACE, find, Role.SUPERVISOR.value)  # type: ignore[arg-type]


def watch(way: "Way", paths: "Paths", why: str = "") -> None:
    """Run the monitor on a way, and end with its exit code. `why`: said on its screen."""
    from dataclasses import replace

    from agent_tui.cli.console_options import load_options
    from agent_tui.config.toml_settings import SettingsError
    from agent_tui.storage.alert_rules import load_alert_rules
    from agent_tui.storage.monitor_file import MonitorFile
    from agent_tui.ui.monitor.app import run_monitor
    from agent_tui.ui.monitor.options import MonitorOptions

    _, options = load_options(paths)
    try:
        rules = load_alert_rules(paths.alerts)
    except SettingsError as error:
        rules = ()
        options = replace(options, complaints=(*options.complaints, str(error)))
    ended = _Ended()

    async def open_monitor() -> "OpenedMonitor":
        return await ended.opened_at(way)

    kept = MonitorFile.load(paths.monitor(way.name))
    code = run_monitor(MonitorOptions(options, open_monitor, rules, kept, why))
    for complaint in options.complaints:
        click.echo(complaint, err=True)
    if ended.why is not None:
        leave(exit_of(ended.why), str(ended.why))
    if ended.reason:
        leave(Exit.NOT_ALLOWED, ended.reason)
    raise SystemExit(code)


class _Ended:
    """How the monitor's account did not open, or why it was ended."""

    def __init__(self) -> None:
        self.why: Exception | None = None
        self._opened: OpenedMonitor | None = None

    @property
    def reason(self) -> str:
        """Why the desk ended it; empty where it did not."""
        if self._opened is None:
            return ""
        from agent_tui.core.state import LinkState

        link = self._opened.monitor.state.known.link
        return link.reason if link.state is LinkState.ENDED else ""

    async def opened_at(self, way: "Way") -> "OpenedMonitor":
        """What connects is imported here, once the first screen is painted."""
        from agent_tui.ui.monitor.options import OpenedMonitor

        self.why = None
        try:
            place = await way.find(False)
            from agent_tui.cli.accounts import first_place
            from agent_tui.runtime.connecting import monitor_at

            find: Find = first_place(place, way.find)
            self._opened = OpenedMonitor(monitor_at(way.name, find), way.place)
        except Exception as error:
            self.why = error
            raise
        return self._opened


def print_board(way: "Way", *, as_json: bool) -> None:
    """The figures of this moment, for scripts or for people."""
    import asyncio

    import msgspec

    from agent_tui.model.figures import Board
    from agent_tui.runtime.connecting import monitor_at

    async def ask() -> Board:
        monitor = monitor_at(way.name, way.find)
        try:
            return await monitor.board()
        finally:
            await monitor.close()

    with sentences():
        board = asyncio.run(ask())
    if as_json:
        click.echo(msgspec.json.encode(board).decode())
        return
    from agent_tui.core.metrics.definitions import DEFINITIONS
    from agent_tui.core.metrics.words import value_words

    for figure, definition in DEFINITIONS.items():
        value = board.figures.get(figure)
        if value is not None:
            click.echo(f"{definition.panel.value:20} {definition.title:28} {value_words(figure, value)}")
