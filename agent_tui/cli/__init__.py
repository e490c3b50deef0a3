"""The commands: argv to what to run. Each part is imported only inside the command that needs it."""


def main() -> None:
    """Run the command that argv names. Exits with 0 done, 1 failed, 2 usage, 3 cannot connect, 4 not allowed."""
    # Late, so that naming the entry point costs nothing: `--help` has to answer at once.
    from agent_tui.cli.main import agent_tui

    agent_tui()
