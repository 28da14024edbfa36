"""Tests of an app that was there before the template and takes only what runs it."""
