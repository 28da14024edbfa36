"""Answers files from models that already exist: `python -m importers.jdl`, `python -m importers.database`."""
