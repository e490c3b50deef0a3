"""The rules file of signals: the one that comes with agent-tui, or a team's own."""
