"""Tests of whole screens, on a real workspace."""
