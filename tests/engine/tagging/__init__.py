"""Tests of engine/tagging."""
