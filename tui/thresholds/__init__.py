"""Thresholds moved by keys: seen at once, counted in a thread, put in force when the run of presses is over."""
