"""The tests. They mirror agent_tui/; beside that: contract, e2e, snapshots, walls, bench, pictures."""
