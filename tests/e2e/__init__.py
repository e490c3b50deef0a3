"""Whole journeys, with real processes."""
