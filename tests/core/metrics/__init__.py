"""Figures: pure."""
