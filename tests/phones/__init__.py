"""Tests of agent_tui/phones."""
