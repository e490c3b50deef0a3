"""Whole screens: each puts widgets together and owns no data."""
