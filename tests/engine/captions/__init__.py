"""Tests of caption text: no file is touched here."""
