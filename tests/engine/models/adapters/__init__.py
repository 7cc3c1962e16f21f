"""Tests of the adapters, one file for each."""
