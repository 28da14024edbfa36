"""Commands of this repository: demo, benchmarks, generated documentation."""
