"""Rules about the code itself, each a test: what may import what, and where foreign text may go."""
