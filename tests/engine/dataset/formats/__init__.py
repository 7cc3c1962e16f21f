"""Tests of foreign formats."""
