"""Tests of pictures in a terminal."""
