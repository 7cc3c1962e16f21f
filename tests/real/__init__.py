"""Tests against the real thing around cutline: pip, tmux, a real terminal, faults."""
