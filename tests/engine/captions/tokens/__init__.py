"""Tests of `engine.captions.tokens.tokens`."""
