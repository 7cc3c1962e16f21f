"""Tests of `engine.captions.known`."""
