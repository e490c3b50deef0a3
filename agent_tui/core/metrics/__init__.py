"""Figures of a team's work, pure: what each one means, and how it comes out of what happened."""
