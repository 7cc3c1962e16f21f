"""Tests of the terminal side; same paths as the source files."""
