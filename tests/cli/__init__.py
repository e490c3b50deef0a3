"""Tests of the commands: real processes, real desks, real files."""
