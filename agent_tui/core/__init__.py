"""Decisions, pure: no I/O, no loop, no terminal. State and its reducer, gaps, attention, the send gate, figures."""
