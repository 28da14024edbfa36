"""Answers files from existing databases: `python -m importers.database URL -o answers.yml`."""
