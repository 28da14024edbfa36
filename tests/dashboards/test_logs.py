"""Logs on their way to Loki: what Alloy reads, which labels it sets, and how Grafana finds the trace of a line."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import Render

needs_parser = pytest.mark.skipif(
    shutil.which("alloycheck") is None,
    reason="NOT READ BY ALLOY'S PARSER: there is none; tests/dashboards/go.sh builds it where there is Go",
)

LINES = {
    '{"timestamp": "2026-01-01T10:00:00Z", "level": "info", "logger": "app.requests", "event": "request"}': "info",
    '{"event":"level is low","level":"error"}': "error",
    "time=2026-01-01T10:00:00.000Z level=WARN source=head.go:600 msg=slow": "WARN",
    'logger=settings t=2026-01-01T10:00:00Z level=info msg="Starting Grafana"': "info",
    "2026-01-01 10:00:00.000 UTC [42] FATAL:  password authentication failed": "FATAL",
    "2026-01-01 10:00:00.000 UTC [1] LOG:  database system is ready": "LOG",
    "1:M 01 Jan 2026 10:00:00.000 * Ready to accept connections tcp": None,
    "Traceback (most recent call last):": None,
}
"""What services write, and the level that is found in it."""


@pytest.fixture(name="docker")
def rendered(render: Render) -> Path:
    """The container folder of an app with everything."""
    return render(tracing=True) / "docker"


def expression(docker: Path) -> re.Pattern[str]:
    """What finds the level of a line."""
    found = re.findall(r"expression = `(.+)`", (docker / "logs.alloy").read_text(encoding="utf-8"))
    assert len(found) == 1
    return re.compile(found[0])


@pytest.mark.parametrize(("line", "level"), LINES.items())
def test_levels(docker: Path, line: str, level: str | None) -> None:
    """Every shape of line gives its level, and text gives none."""
    found = expression(docker).search(line)
    assert (found["level"] if found else None) == level


def test_labels_are_few(docker: Path) -> None:
    """The service and the level; an id or a route as a label would make a stream of its own for each value."""
    text = (docker / "logs.alloy").read_text(encoding="utf-8")
    kept = re.search(r'action = "labelkeep"\n\t*regex  = "(.+)"', text)
    assert kept
    assert sorted(kept[1].split("|")) == ["level", "service"]
    assert yaml.safe_load((docker / "loki.yml").read_text(encoding="utf-8"))["limits_config"] == {
        "discover_service_name": []
    }


def test_every_service_says_whose_its_lines_are(docker: Path) -> None:
    """Alloy knows project and service by what the engine writes into each line."""
    asked = re.findall(r'`attrs."(.+)"`', (docker / "logs.alloy").read_text(encoding="utf-8"))
    assert len(asked) == 2
    for name in ("docker-compose.yml", "docker-compose.prod.yml"):
        text = (docker / name).read_text(encoding="utf-8").replace("!reset []", "[]")
        logging = [service.get("logging") for service in yaml.safe_load(text)["services"].values()]
        written = [one["options"]["labels"].split(",") for one in logging if one]
        assert written
        assert all(labels == asked for labels in written)


def test_alloy_may_do_nothing_but_read(docker: Path) -> None:
    """No socket of the engine, no capability, no port; the log files read-only."""
    alloy = yaml.safe_load((docker / "docker-compose.yml").read_text(encoding="utf-8"))["services"]["alloy"]
    assert alloy["cap_drop"] == ["ALL"]
    assert not alloy.keys() & {"cap_add", "ports", "privileged"}
    writable = [volume for volume in alloy["volumes"] if not volume.endswith(":ro")]
    assert writable == ["alloy-data:/positions"]
    assert not [volume for volume in alloy["volumes"] if "docker.sock" in volume]


def test_a_line_leads_to_its_trace(docker: Path) -> None:
    """Grafana finds the id in a line as the app writes it; without traces there is nothing to find."""
    (source,) = yaml.safe_load((docker / "grafana/datasources/loki.yml").read_text(encoding="utf-8"))["datasources"]
    (field,) = source["jsonData"]["derivedFields"]
    line = f'{{"level": "info", "status": 200, "trace_id": "{"0af7" * 8}"}}'
    found = re.search(field["matcherRegex"], line)
    assert found
    assert found[1] == "0af7" * 8
    (jaeger,) = yaml.safe_load((docker / "grafana/datasources/jaeger.yml").read_text(encoding="utf-8"))["datasources"]
    assert field["datasourceUid"] == jaeger["uid"]
    assert jaeger["jsonData"]["tracesToLogsV2"]["datasourceUid"] == source["uid"] == "loki"


def test_without_traces_a_line_leads_nowhere(render: Render) -> None:
    """No field for what no line has."""
    text = (render() / "docker/grafana/datasources/loki.yml").read_text(encoding="utf-8")
    assert "jsonData" not in yaml.safe_load(text)["datasources"][0]


def read_by_alloy(file: Path) -> tuple[int, str]:
    """What Alloy's own parser says."""
    done = subprocess.run(["alloycheck", str(file)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@needs_parser
def test_alloy_can_read_it(docker: Path) -> None:
    """It parses, is formatted, and no reference leads nowhere."""
    assert read_by_alloy(docker / "logs.alloy") == (0, "")


@pytest.mark.slow
@needs_parser
@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ("stage.docker { }", "stage.docker {", "expected"),
        ("\tforward_to = [loki.write.loki", "\tforward_to=[loki.write.loki", "not formatted"),
        ("[loki.write.loki.receiver]", "[loki.write.store.receiver]", "there is no loki.write.store.receiver"),
        (r"panic)\b", r"panic\b", "missing closing )"),
        ("sys.env", "sys.evn", "there is no sys.evn"),
    ],
)
def test_a_broken_file_is_noticed(docker: Path, tmp_path: Path, before: str, after: str, error: str) -> None:
    """The check above can fail, in every way that it knows."""
    text = (docker / "logs.alloy").read_text(encoding="utf-8")
    assert text.count(before) == 1
    broken = tmp_path / "broken.alloy"
    broken.write_text(text.replace(before, after), encoding="utf-8")
    code, said = read_by_alloy(broken)
    assert code == 1
    assert error in said
