"""Dashboards for Grafana, as plain dicts."""
