"""Measure image and stack of the default app, and compare with a baseline: `make bench-docker`."""

from __future__ import annotations

import json
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from extensions import pins
from tests.containers.engine import (
    EXPORTERS,
    SERVICES,
    TOKEN,
    Stack,
    inspect,
    missing_engine,
    provide_for,
    python_image,
    run,
)

IMAGE = f"bench-{TOKEN}:dev"
MINIMAL = f"bench-{TOKEN}:minimal"
RUNS = 3  # builds after a change; their median is printed
REST = 10  # seconds before the memory is read
IMAGES = ("grafana", "postgres", "postgres_exporter", "prometheus", "redis", "redis_exporter")
MIB = {"B": 1 / 1024**2, "KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}
Row = tuple[str, str, str, str]


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def megabytes(image: str) -> float:
    """Return the size of an image, unpacked."""
    return int(inspect(image, "{{.Size}}")) / 1e6


def build(folder: Path, *words: str, file: str = "Dockerfile", tag: str = IMAGE) -> None:
    """Build the image of the rendered app."""
    run("docker", "build", "--quiet", "--file", folder / "docker" / file, "--tag", tag, *words, folder)


def builds(folder: Path) -> list[Row]:
    """Measure builds: from nothing but the base image, and after changes."""
    dockerfile = (folder / "docker" / "Dockerfile").read_text(encoding="utf-8")
    # The caches of package managers outlive --no-cache: for the cold build they are empty folders in memory.
    cold = folder / "docker" / "Dockerfile.cold"
    cold.write_text(dockerfile.replace("--mount=type=cache,", "--mount=type=tmpfs,"), encoding="utf-8")
    rows = [("build, cold", f"{seconds(lambda: build(folder, '--no-cache', file=cold.name)):.1f} s", "about 3 min", "")]
    cold.unlink()
    build(folder)
    rows.append(("build, nothing changed", f"{seconds(lambda: build(folder)):.1f} s", "", ""))
    for label, name, aim in (("source", "app/extra.py", "under 1 s"), ("dependencies", "pyproject.toml", "")):
        times = []
        for number in range(RUNS):
            with (folder / name).open("a", encoding="utf-8") as file:
                file.write(f"# {TOKEN} {number}\n")  # what no other run has built
            times.append(seconds(lambda: build(folder)))
        rows.append((f"build, {label} changed", f"{statistics.median(times):.1f} s", "", aim))
    return rows


def sizes(folder: Path) -> list[Row]:
    """Measure images, unpacked."""
    build(folder, "--target", "minimal", tag=MINIMAL)
    whole, base, minimal = (megabytes(image) for image in (IMAGE, python_image(), MINIMAL))
    return [
        ("image", f"{whole:.1f} MB", "about 350 MB", "base + 50 MB"),
        ("  of which the base", f"{base:.1f} MB", "", ""),
        ("  of which the app", f"{whole - base:.1f} MB", "", "at most 50 MB"),
        ("image, minimal", f"{minimal:.1f} MB", "", "at most 85 MB"),
    ]


def starts(stack: Stack) -> list[Row]:
    """Measure starts until every service is healthy, and until the app is ready."""
    rows: list[Row] = []
    for label, baseline, aim in (("new database", "about 45 s", "within 10 s"), ("database kept", "", "")):
        start = time.perf_counter()
        stack.compose("up", "--detach", "--wait")
        healthy = time.perf_counter() - start
        stack.until("/health/ready", 200)
        ready = time.perf_counter() - start
        rows.append((f"start, {label}: all healthy", f"{healthy:.1f} s", baseline, aim))
        rows.append((f"start, {label}: ready", f"{ready:.1f} s", "", ""))
        if label == "new database":
            stack.compose("down")
    return rows


def memory(stack: Stack) -> list[Row]:
    """Measure the memory of each service after some requests and a rest."""
    for number in range(100):
        stack.get("/api/v1/tasks", title=f"Task {number}")
        stack.get("/api/v1/tasks")
    time.sleep(REST)
    rows: list[Row] = []
    total = 0.0
    for service in (*SERVICES, *EXPORTERS):
        shown = run("docker", "stats", "--no-stream", "--format", "{{json .}}", *stack.containers(service)).stdout
        number, unit = re.findall(r"^([\d.]+)(\w+)", json.loads(shown)["MemUsage"])[0]
        used = float(number) * MIB[unit]
        total += used
        rows.append((f"memory, {service}", f"{used:.0f} MiB", "", ""))
    return [*rows, ("memory, all services", f"{total:.0f} MiB", "about 600 MB", "under 300 MiB")]


def stand_ins() -> list[str]:
    """Return the images that are not the official ones: where no registry answers, CONTAINERS_SH makes others."""
    images = [python_image(), *(pins.images[name] for name in IMAGES)]
    return [name for name in images if inspect(name, '{{index .Config.Labels "stand-in"}}') not in {"", "<no value>"}]


def table(rows: list[Row]) -> None:
    """Print rows."""
    for name, here, baseline, aim in rows:
        print(f"{name:<34}{here:>10}  {baseline:<14}{aim}".rstrip(), flush=True)


def main() -> None:
    """Print the figures as they are measured."""
    if reason := missing_engine():
        raise SystemExit(f"no container engine: {reason}")
    provide_for()
    with tempfile.TemporaryDirectory() as name:
        stack = Stack.rendered(Path(name) / "app", "bench")
        try:
            table([("default app", "measured", "baseline", "aim")])
            table(builds(stack.folder))
            table(sizes(stack.folder))
            table(starts(stack))
            table(memory(stack))
        finally:
            stack.remove()
            run("docker", "rmi", "--force", MINIMAL, check=False)
    if others := stand_ins():
        print(f"\nNot the official images: {', '.join(others)}. Their sizes, starts and memory differ.")


if __name__ == "__main__":
    main()
