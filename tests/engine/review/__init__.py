"""Tests of engine/review."""
