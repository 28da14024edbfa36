"""In Grafana's place in a compose file, NOT Grafana: provisioning is read, queries are passed on, nothing is drawn."""

from __future__ import annotations

import base64
import http.server
import json
import os
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import yaml

PROVISIONING = Path("/etc/grafana/provisioning")


def setting(name: str, default: str) -> str:
    """Read a variable, or the file that its `__FILE` twin names."""
    file = os.environ.get(f"{name}__FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, default)


def provisioned(kind: str, key: str) -> list[dict[str, Any]]:
    """Return the entries of the provisioning files of a kind; a broken file stops the start, as in Grafana."""
    found = []
    for file in sorted((PROVISIONING / kind).glob("*.y*ml")):
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        if content.get("apiVersion") != 1:
            sys.exit(f"{file}: apiVersion is not 1")
        found += content[key]
    return found


SOURCES = {source["uid"]: source for source in provisioned("datasources", "datasources")}
FOLDERS = [Path(provider["options"]["path"]) for provider in provisioned("dashboards", "providers")]
BOARDS = [json.loads(file.read_text(encoding="utf-8")) for folder in FOLDERS for file in sorted(folder.rglob("*.json"))]
BY_UID = {board["uid"]: board for board in BOARDS}
if len(BY_UID) != len(BOARDS) or not all(board["title"] for board in BOARDS):
    sys.exit("two dashboards have the same uid, or one has no title")
LOGIN = f"{setting('GF_SECURITY_ADMIN_USER', 'admin')}:{setting('GF_SECURITY_ADMIN_PASSWORD', 'admin')}"
ALLOWED = f"Basic {base64.b64encode(LOGIN.encode()).decode()}"


class Handler(http.server.BaseHTTPRequestHandler):
    """The few paths that health checks and tests ask for."""

    def do_GET(self) -> None:
        """Answer, or pass on what is meant for a data source."""
        path, _, query = self.path.partition("?")
        words = path.strip("/").split("/")
        if path in {"/", "/login"}:
            self.answer(b"<!doctype html><title>not Grafana</title>", kind="text/html")
        elif path == "/api/health":
            self.answer({"database": "ok", "version": "stand-in"})
        elif self.headers.get("Authorization") != ALLOWED:
            self.answer({"message": "Unauthorized"}, 401)
        elif path == "/api/datasources":
            self.answer(list(SOURCES.values()))
        elif path == "/api/search":
            self.answer([{"uid": uid, "title": board["title"], "type": "dash-db"} for uid, board in BY_UID.items()])
        elif words[:3] == ["api", "dashboards", "uid"] and words[-1] in BY_UID:
            self.answer({"dashboard": BY_UID[words[-1]]})
        elif words[:3] == ["api", "datasources", "uid"] and words[3] in SOURCES and words[4:] == ["health"]:
            self.ask(f"{SOURCES[words[3]]['url']}/-/healthy")
        elif words[:4] == ["api", "datasources", "proxy", "uid"] and words[4] in SOURCES:
            self.ask(f"{SOURCES[words[4]]['url']}/{'/'.join(words[5:])}?{query}")
        else:
            self.answer({"message": "Not found"}, 404)

    do_HEAD = do_GET  # noqa: N815  (the server looks for this name)

    def ask(self, url: str) -> None:
        """Hand on what a data source answers; the address is really tried."""
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                self.answer(response.read())
        except OSError as error:
            self.answer({"message": str(error)}, 502)

    def answer(self, body: Any, status: int = 200, kind: str = "application/json") -> None:
        """Send bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


if __name__ == "__main__":
    print(f"NOT Grafana: {len(SOURCES)} data sources, {len(BOARDS)} dashboards")
    http.server.ThreadingHTTPServer(("", 3000), Handler).serve_forever()
