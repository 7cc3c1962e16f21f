"""What `tests.real.faults` runs: each file holds faults of one kind, or what they need to strike and to be counted."""
