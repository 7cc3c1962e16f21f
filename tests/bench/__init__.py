"""Measurements with figures: scripts that are run by hand, never timed assertions."""
