"""Tests of `engine.captions.three_way`."""
