"""Themes: read, checked, and worn."""
