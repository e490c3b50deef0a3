"""Tests of agent_tui/core/library."""
