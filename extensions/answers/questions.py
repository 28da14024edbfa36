"""The questions: which there are, and what is known of each before it is answered."""

from __future__ import annotations

DEFAULT_PORTS = {"app": 8000, "grafana": 3000, "postgres": 5432, "prometheus": 9090, "redis": 6379}
"""Host port of every published service."""

CONFIG_KEYS = (
    "scope",
    "database",
    "async",
    "contract",
    "observability",
    "tracing",
    "objectives",
    "docker",
    "redis",
    "package_manager",
    "python_version",
    "ports",
)
"""Answers that may also come together as one `config` mapping, as code-generation platforms hand them over."""

QUESTIONS = (
    "app_name",
    "app_description",
    "entities",
    "config",
    "discard_edits",
    *CONFIG_KEYS,
)
"""Everything that can be answered; a test compares it with copier.yml."""

TRUTHS = ("async", "discard_edits", "docker", "observability", "redis", "tracing")
"""Questions of yes or no: Copier takes any word it does not know for a no."""

ALWAYS_STORED = ("app_name", "app_description", "database", "ports", "scope")
"""Answers that every app has: data with all of them is what Copier hands on inside an update, old answers included."""

CHECKED_FIRST = ("config", "scope", "app_description", "entities", "contract", "objectives", "ports")
"""Answers with faults of their own, told together with those of the first question."""
