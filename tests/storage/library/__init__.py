"""Tests of agent_tui/storage/library."""
