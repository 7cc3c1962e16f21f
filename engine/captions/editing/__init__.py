"""Edits that a person asks for by name."""
