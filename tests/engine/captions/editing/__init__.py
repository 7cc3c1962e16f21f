"""Tests of `engine.captions.editing`."""
