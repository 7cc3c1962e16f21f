"""Tests of `engine.captions.changes`."""
