"""Tests of the demo's people."""
