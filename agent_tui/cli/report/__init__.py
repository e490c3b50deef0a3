"""`agent-tui report`: a period in figures, as text, CSV, JSON or one page."""
