"""Tools for developers; nothing here reaches production."""
