"""Render the shop, start it on an embedded PostgreSQL and fill it: `make demo`; with `--check` try it and stop."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import copier
import yaml

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "shop.yml"
TARGET = ROOT / "build" / "shop"
START_SECONDS = 60

# Requests that make a row of every entity, in an order that lets each refer to those before it.
ROWS: dict[str, list[dict[str, Any]]] = {
    "customers": [
        {"name": "Ada Lovelace", "email": "ada@example.org"},
        {"name": "Grace Hopper", "email": "grace@example.org", "joined_on": "2026-01-31"},
    ],
    "categories": [{"name": "Books"}, {"name": "Stationery"}],
    "products": [
        {"name": "Notebook", "sku": "NB-0001", "price": "4.20", "category_id": "categories"},
        {"name": "Pencil", "sku": "PC-0002", "price": "0.80", "in_stock": False},
    ],
    "orders": [{"customer_id": "customers"}, {"customer_id": "customers", "state": "paid"}],
    "order-items": [
        {"order_id": "orders", "product_id": "products", "quantity": 2, "unit_price": "4.20"},
    ],
}

# For the check: one more row of each, and a change to it.
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "customers": ({"name": "Alan Turing", "email": "alan@example.org"}, {"name": "Alan M. Turing"}),
    "categories": ({"name": "Games"}, {"name": "Board games"}),
    "products": ({"name": "Chess", "sku": "CH-0003", "price": "19.90"}, {"price": "17.50"}),
    "orders": ({"customer_id": "customers"}, {"state": "shipped"}),
    "order-items": (
        {"order_id": "orders/2", "product_id": "products", "quantity": 1, "unit_price": "19.90"},
        {"quantity": 3},
    ),
}


def render() -> None:
    """Render the example into build/shop; packages installed there before stay."""
    if TARGET.exists():
        for entry in TARGET.iterdir():
            if entry.name != ".venv":
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    data = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # changes that are not committed are meant to be seen
        copier.run_copy(
            str(ROOT), TARGET, data=data, defaults=True, unsafe=True, overwrite=True, quiet=True, vcs_ref="HEAD"
        )


def install() -> None:
    """Install the app's packages with pip: a newcomer's machine has nothing else."""
    done = subprocess.run([sys.executable, "tools/setup.py", "--pip"], cwd=TARGET, check=False)
    if done.returncode:
        sys.exit("The packages of the example could not be installed: see above.")


def free_port(wanted: int) -> int:
    """Return the wanted port, or, saying so, another one when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            with socket.socket() as other:
                other.bind(("127.0.0.1", 0))
                port = int(other.getsockname()[1])
            print(f"Port {wanted} is taken; using {port} instead.")
            return port
    return wanted


def call(url: str, method: str = "GET", body: object = None) -> tuple[int, Any]:
    """Make a request; return the status and the parsed body (None where there is none)."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            status, raw = response.status, response.read()
    except urllib.error.HTTPError as error:
        status, raw = error.code, error.read()
    try:
        return status, json.loads(raw) if raw else None
    except ValueError:
        return status, raw.decode(errors="replace")


@contextlib.contextmanager
def running(port: int) -> Iterator[str]:
    """Run the service on a fresh database; yield its address once it is ready, and stop it at the end."""
    python = TARGET / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"PORT": str(port), "LOG_LEVEL": "WARNING"}
    command = [str(python), "-m", "tools.dev", "--no-reload", "--fresh"]
    server = subprocess.Popen(command, cwd=TARGET, env=environment, start_new_session=os.name != "nt")
    address = f"http://127.0.0.1:{port}"
    try:
        wait(f"{address}/health/ready", server)
        yield address
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGINT) if os.name != "nt" else server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(30)
        if server.poll() is None:
            server.kill()


def wait(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the service is ready; SystemExit where it ends or takes too long."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            sys.exit(f"The service stopped with exit status {server.returncode}: see above.")
        with contextlib.suppress(OSError):
            if call(url)[0] == 200:
                return
        time.sleep(0.1)
    sys.exit(f"The service was not ready after {START_SECONDS} s: {url}")


def complete(body: dict[str, Any], keys: dict[str, list[int]]) -> dict[str, Any]:
    """Put the key of a stored row where a request names its collection; `orders/2` is the second one."""
    whole = dict(body)
    for name, value in body.items():
        if name.endswith("_id"):
            collection, _, number = value.partition("/")
            whole[name] = keys[collection][int(number or 1) - 1]
    return whole


def fill(address: str) -> dict[str, list[int]]:
    """Store some rows; return the keys of each collection."""
    keys: dict[str, list[int]] = {}
    for collection, bodies in ROWS.items():
        for body in bodies:
            status, row = call(f"{address}/api/v1/{collection}", "POST", complete(body, keys))
            if status != 201:
                sys.exit(f"POST /api/v1/{collection} answered {status}: {row}")
            keys.setdefault(collection, []).append(row["id"])
    return keys


class Checks:
    """Prints a line for each check and remembers the failures."""

    def __init__(self) -> None:
        self.failed = 0
        self.passed = 0

    def that(self, what: str, ok: bool, found: object = "") -> None:  # noqa: FBT001
        """Note one check."""
        self.passed += ok
        self.failed += not ok
        print(f"  {'ok  ' if ok else 'FAIL'}  {what}{'' if ok else f': {found}'}")


def check(address: str, keys: dict[str, list[int]]) -> Checks:
    """Create, read, list, change and delete a row of every entity; look at the pages a person would open."""
    checks = Checks()
    for path in ("/docs", "/health/health", "/health/ready", "/metrics/metrics"):
        status, body = call(address + path)
        checks.that(f"GET {path} 200, with a body", status == 200 and bool(body), status)
    for collection, (body, change) in CHANGES.items():
        url = f"{address}/api/v1/{collection}"
        sent = complete(body, keys)
        before = call(url)[1]["total"]
        status, row = call(url, "POST", sent)
        same = status == 201 and all(row[name] == value for name, value in sent.items())
        checks.that(f"POST /api/v1/{collection} 201, as sent", same, (status, row))
        if not same:
            continue
        one = f"{url}/{row['id']}"
        checks.that(f"GET /api/v1/{collection}/{row['id']} 200, as stored", call(one) == (200, row), call(one))
        status, page = call(f"{url}?limit=1&sort=-id")
        listed = status == 200 and page["total"] == before + 1 and page["items"] == [row]
        checks.that(f"GET /api/v1/{collection} 200, newest first, with a total", listed, (status, page))
        status, changed = call(one, "PATCH", change)
        wanted = {**row, **change, "updated_at": changed.get("updated_at") if isinstance(changed, dict) else None}
        checks.that(f"PATCH {one.removeprefix(address)} 200, changed", (status, changed) == (200, wanted), changed)
        status, replaced = call(one, "PUT", sent)
        checks.that(f"PUT {one.removeprefix(address)} 200, replaced", status == 200, (status, replaced))
        status, problem = call(one, "PATCH", {"none_such": 1})
        named = status == 422 and problem["errors"][0]["field"] == "body.none_such"
        checks.that(f"PATCH {one.removeprefix(address)} 422, naming an unknown field", named, (status, problem))
        checks.that(f"DELETE {one.removeprefix(address)} 204", call(one, "DELETE")[0] == 204)
        status, problem = call(one)
        gone = status == 404 and problem["instance"] == one.removeprefix(address)
        checks.that(f"GET {one.removeprefix(address)} 404, a problem with its path", gone, (status, problem))
    return checks


def main() -> int:
    """Do it all; return the exit status: 0, or 1 where a check failed."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="try every operation of every entity, then stop")
    checking = parser.parse_args().check
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the service is stopped, not left behind
    print(f"Rendering {EXAMPLE.relative_to(ROOT)} into {TARGET.relative_to(ROOT)} ...", flush=True)
    render()
    print("Installing its packages ...", flush=True)
    install()
    print("Starting it on an embedded PostgreSQL ...", flush=True)
    with running(free_port(8000)) as address:
        keys = fill(address)
        if checking:
            checks = check(address, keys)
            print(f"{checks.passed} passed, {checks.failed} failed")
            return 1 if checks.failed else 0
        print("\nThe shop is open, with a few rows in it:")
        for path in ("/docs", "/health/health", "/health/ready", "/metrics/metrics"):
            print(f"  {address}{path}")
        print("Ctrl-C closes it.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause() if hasattr(signal, "pause") else time.sleep(10**6)
        print("\nClosing.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
