"""Tests of the generated app in containers."""
