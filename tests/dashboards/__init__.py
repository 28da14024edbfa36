"""Dashboards and rules: their shape, and what they show on a real Prometheus."""
