"""`python -m agent_tui` is the command `agent-tui`."""

from agent_tui.cli import main

if __name__ == "__main__":
    main()
