"""Measure whole `copier copy` processes against the floor, the same command on a one-file template: `make bench`.

Then what observability costs a request, on PostgreSQL.

With `--apps` (make bench ARGS=--apps) also the test suites of generated apps: they install packages, and take minutes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Any

import yaml

from tools import bench_cpu

ROOT = Path(__file__).parents[1]
RUNS = 5
APP_RUNS = 2
SIZES = (3, 30)
LEAN = ["database=sqlite", "redis=false", "observability=false", "docker=false"]
FLOOR = {"copier.yml": "_subdirectory: template\nname:\n  type: str\n  default: x\n", "template/file.txt": "text\n"}


def many_entities(count: int) -> dict[str, Any]:
    """Return answers with `count` entities of ten fields each, every one after the first with a reference."""
    kinds = ["string", "text", "integer", "decimal", "boolean", "date", "datetime", "uuid", "float"]
    entities = []
    for number in range(count):
        fields: list[dict[str, Any]] = [{"name": f"field_{kind}", "type": kind} for kind in kinds]
        fields.append({"name": "parent", "type": f"ref:Entity{max(number - 1, 0)}"})
        entities.append({"name": f"Entity{number}", "fields": fields})
    return {"entities": entities}


def commit(folder: Path) -> Path:
    """Make a folder a Git repository with one commit and one tag."""
    identity = ["git", "-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "bench"], ["tag", "0.0.1"]):
        subprocess.run([*identity, *words], cwd=folder, check=True)
    return folder


def sources(folder: Path) -> tuple[Path, Path]:
    """Return clones of a one-file template and of this one, as it is in the work tree."""
    floor = folder / "floor"
    for name, text in FLOOR.items():
        (floor / name).parent.mkdir(parents=True, exist_ok=True)
        (floor / name).write_text(text, encoding="utf-8")
    ours = folder / "ours"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (ours / name).parent.mkdir(parents=True, exist_ok=True)
            (ours / name).write_bytes((ROOT / name).read_bytes())
    return commit(floor), commit(ours)


def seconds(source: Path, target: Path, data_file: Path | None) -> float:
    """Return the wall time of one whole `copier copy` process."""
    command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "--quiet"]
    if data_file is not None:
        command += ["--data-file", str(data_file)]
    start = time.perf_counter()
    subprocess.run([*command, str(source), str(target)], check=True, capture_output=True)
    return time.perf_counter() - start


def app_seconds(source: Path, folder: Path, count: int) -> tuple[float, int]:
    """Return the best wall time of the test suite of an app with so many entities, and how many tests it has."""
    app = folder / f"app-{count}"
    data_file = folder / f"app-{count}.yml"
    data_file.write_text(yaml.safe_dump(many_entities(count), sort_keys=False), encoding="utf-8")
    command = [sys.executable, "-m", "copier", "copy", "--trust", "--defaults", "--quiet"]
    answers = [word for answer in LEAN for word in ("--data", answer)]
    subprocess.run(
        [*command, "--data-file", str(data_file), *answers, str(source), str(app)], check=True, capture_output=True
    )
    project = tomllib.loads((app / "pyproject.toml").read_text(encoding="utf-8"))
    python = ROOT / "build" / "bench-venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
    packages = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *packages], check=True)
    times: list[float] = []
    printed = ""
    for _ in range(APP_RUNS):
        start = time.perf_counter()
        done = subprocess.run(
            [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
            cwd=app,
            check=True,
            capture_output=True,
            text=True,
        )
        times.append(time.perf_counter() - start)
        printed = done.stdout
    return min(times), int(printed.split(" passed")[0].split()[-1])


def measure_apps(source: Path, folder: Path) -> None:
    """Print the time of the test suite for each size, and how it grows."""
    print(f"\nthe app's own tests, SQLite, best of {APP_RUNS}, {os.cpu_count()} cores\n")
    print(f"{'answers':<24}{'seconds':>9}{'tests':>9}")
    found = []
    for count in SIZES:
        seconds_taken, tests = app_seconds(source, folder, count)
        found.append(seconds_taken)
        print(f"{f'{count} entities x 10':<24}{seconds_taken:>9.1f}{tests:>9}", flush=True)
    more = SIZES[1] / SIZES[0]
    print(f"\n{more:.0f} times the entities take {found[1] / found[0]:.1f} times as long (linear: {more:.1f})")


def main() -> None:
    """Print a line for each size: median time, ratio to the floor of the same minute, number of files."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--apps", action="store_true", help="also the test suites of generated apps")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor, ours = sources(folder)
        print(f"`copier copy --defaults` from a local clone, whole process, median of {RUNS}\n")
        print(f"{'answers':<24}{'seconds':>9}{'x floor':>9}{'files':>7}")
        for label, count in (("default (1 entity)", None), ("3 entities x 10", 3), ("30 entities x 10", 30)):
            data_file = None
            if count is not None:
                data_file = folder / f"{count}.yml"
                data_file.write_text(yaml.safe_dump(many_entities(count), sort_keys=False), encoding="utf-8")
            times: dict[str, list[float]] = {"floor": [], "ours": []}
            for run in range(RUNS):
                times["floor"].append(seconds(floor, folder / f"floor-{count}-{run}", None))
                times["ours"].append(seconds(ours, folder / f"ours-{count}-{run}", data_file))
            floor_median, median = (statistics.median(times[which]) for which in ("floor", "ours"))
            files = sum(path.is_file() for path in (folder / f"ours-{count}-0").rglob("*"))
            if count is None:
                print(f"{'one-file template':<24}{floor_median:>9.2f}{1:>9.1f}{1:>7}")
            print(f"{label:<24}{median:>9.2f}{median / floor_median:>9.1f}{files:>7}", flush=True)
        bench_cpu.measure(ours, folder)
        if arguments.apps:
            measure_apps(ours, folder)


if __name__ == "__main__":
    main()
