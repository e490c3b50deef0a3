"""`agent-tui library`: testimonials, sources and canned replies from the command line."""
