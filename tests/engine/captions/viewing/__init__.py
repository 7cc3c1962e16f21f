"""Tests of `engine.captions.viewing`."""
