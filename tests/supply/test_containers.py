"""The image and the services, without a container engine: what they name is there, and what they run runs."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
DOCKERFILE = PROJECT / "docs" / "deploy" / "Dockerfile"
COMPOSE = PROJECT / "docs" / "deploy" / "compose.yaml"


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile in order, each with its words."""
    lines = re.sub(r"\\\n", " ", DOCKERFILE.read_text("utf-8")).splitlines()
    return [
        (name, rest) for line in lines if line and not line.startswith("#") for name, _, rest in [line.partition(" ")]
    ]


def test_what_the_image_copies_is_in_the_project() -> None:
    copied = [words.split()[:-1] for name, words in instructions() if name == "COPY" and "--from" not in words]
    assert copied
    assert [path for paths in copied for path in paths if not (PROJECT / path).exists()] == []


def test_the_image_is_in_stages_and_not_root_with_a_health_check() -> None:
    names = [name for name, _ in instructions()]
    assert names.count("FROM") == 2
    assert names.index("USER") > max(at for at, name in enumerate(names) if name == "RUN")
    assert dict(instructions())["USER"] not in ("root", "0")
    assert "HEALTHCHECK" in names
    assert all(
        "--require-hashes" in words or "--no-deps" in words for name, words in instructions() if "pip install" in words
    )


def test_the_image_passes_a_linter() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    process = subprocess.run([linter, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (process.returncode, process.stdout) == (0, "")


def test_everything_that_the_package_needs_is_copied_before_it_is_built() -> None:
    included = re.search(r"force-include = \{(.*?)\}", (PROJECT / "pyproject.toml").read_text("utf-8"), re.DOTALL)
    assert included
    sources = re.findall(r'"([^"]+)" =', included[1])
    copied = " ".join(words for name, words in instructions() if name == "COPY")
    assert [source for source in sources if source not in copied] == []


def test_services_keep_secrets_outside_and_write_only_where_they_may() -> None:
    services = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    assert set(services) == {"db", "chroma", "app", "worker"}
    for name in ("app", "worker"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["deploy"]["resources"]["limits"]["memory"]
    assert all(port.startswith("127.0.0.1:") for port in services["app"]["ports"])
    assert not services["db"].get("ports")
    assert not services["chroma"].get("ports")
    secrets = [value for service in services.values() for value in service.get("environment", {}).values()]
    assert not re.search(r"(?:PASSWORD|TOKEN|KEY)\W*[:=]\s*\w", json.dumps(secrets).replace("${", ""))


def test_the_commands_of_the_services_are_commands_of_ours() -> None:
    services = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    for name in ("app", "worker"):
        command = [sys.executable, "-m", "rag", *services[name]["command"][1:], "--help"]
        process = subprocess.run(command, capture_output=True, check=False, timeout=60)
        assert process.returncode == 0, process.stderr


@pytest.mark.large
def test_the_health_check_passes_on_what_the_image_runs(tmp_path: Path) -> None:
    results = dict(instructions())
    command = json.loads(results["CMD"])
    check = json.loads(results["HEALTHCHECK"].partition("CMD ")[2])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "ONRECORD_HOME": str(tmp_path), "ONRECORD_LOG_TO": "stderr"}
    server = subprocess.Popen(
        [sys.executable, "-m", "rag", *command[1:2], "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        looked = [sys.executable, *check[1:-1], check[-1].replace("8501", str(port))]
        for _ in range(60):
            if subprocess.run(looked, capture_output=True, check=False, timeout=60).returncode == 0:
                break
            assert server.poll() is None, shlex.join(command)
            time.sleep(0.5)
        else:
            pytest.fail("the health check never passed")
    finally:
        server.terminate()
        server.wait(30)
