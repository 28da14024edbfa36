"""A small shop that was there before the template."""
