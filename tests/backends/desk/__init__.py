"""Tests of agent_tui/backends/desk."""
