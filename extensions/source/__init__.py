"""The Python of an app: expressions, layout and imports."""
