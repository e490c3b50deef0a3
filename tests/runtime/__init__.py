"""Tests of agent_tui/runtime."""
