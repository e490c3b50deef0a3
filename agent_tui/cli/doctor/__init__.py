"""`agent-tui doctor`: what would work on this terminal, this machine and at the desk, and what is missing."""
