"""Answers files from the JHipster Domain Language: `python -m importers.jdl model.jdl -o answers.yml`."""
