"""The image, compose and Kubernetes files: linted, and held to what the code knows.

No container engine is needed here. What only an engine can show is said in docs/deployment.md.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import compose_spec
import httpx
import kubernetes_validate
import pytest
import yaml

from server import __version__
from server.app import create_app
from server.settings import ServerSettings, load_settings
from server.variables import variables
from tests.live import LiveServer, events_of

ROOT = Path(__file__).parents[1]
KUBERNETES = ROOT / "deploy" / "kubernetes"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IMAGE = f"financial-agent/backend:{__version__}"
OURS = ("app", "app-redis", "app-mongo", "app-qwen", "worker")


def instructions(name: str) -> list[str]:
    """Give the arguments of every instruction of a kind, its continued lines joined."""
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.split(None, 1)[1].strip() for line in joined.splitlines() if line.startswith(f"{name} ")]


def accepted(monkeypatch: pytest.MonkeyPatch, environment: dict[str, Any]) -> ServerSettings:
    """Read settings from an environment; each of its variables of ours must be one that is known."""
    known = {each.name for each in variables()}
    for name, value in environment.items():
        assert name in known or not name.startswith("FINANCIAL_AGENT_"), name
        monkeypatch.setenv(name, str(value))
    return load_settings(None)


# The image


def test_the_dockerfile_passes_its_linter() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    if not hadolint.exists():
        pytest.skip("hadolint is not installed")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_holds_every_package_and_nothing_that_is_not_let_in() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    sources = [part for line in instructions("COPY") if "--from" not in line for part in line.split()[:-1]]
    assert set(packages) <= set(sources)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(sources) == allowed
    assert all((ROOT / source).exists() for source in sources)


def test_the_image_installs_the_requirements_of_the_project(tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (code,) = re.findall(r'python -c "(import tomllib.*?)" >', DOCKERFILE)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.splitlines() == project["dependencies"]
    minimum = project["requires-python"].removeprefix(">=")
    versions = {re.match(r"python:([\d.]+)-slim", line)[1] for line in instructions("FROM")}  # type: ignore[index]
    (version,) = versions
    assert tuple(map(int, version.split("."))) >= tuple(map(int, minimum.split(".")))


def test_the_image_runs_as_nobody_special_and_on_a_read_only_root() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert instructions("VOLUME") == ["/data"]
    assert "compileall" in DOCKERFILE


def test_the_images_settings_and_health_check_are_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [pair.split("=", 1) for pair in instructions("ENV")[-1].split()]
    settings = accepted(monkeypatch, dict(pairs))
    assert (settings.host, settings.port) == ("0.0.0.0", 8000)
    assert instructions("EXPOSE") == ["8000"]
    (checked,) = re.findall(r"http://127\.0\.0\.1:8000(/[\w/]+)", " ".join(instructions("HEALTHCHECK")))
    assert checked in create_app(ServerSettings(store_url="memory:")).openapi()["paths"]


# Compose


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def test_compose_keeps_to_its_specification() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    reader = compose_spec.PyOptions(apply_merge=True)
    reader.from_yaml(text).validate()
    with pytest.raises(Exception, match="sometimes"):
        reader.from_yaml(text.replace("unless-stopped", "sometimes"))


@pytest.mark.parametrize("name", OURS)
def test_every_service_of_ours_is_this_version_locked_down(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["image"] == IMAGE
    assert (service["read_only"], service["cap_drop"], service["tmpfs"]) == (True, ["ALL"], ["/tmp"])
    assert int(service["stop_grace_period"].removesuffix("s")) > ServerSettings().drain_seconds + 5


@pytest.mark.parametrize("name", OURS)
def test_every_service_has_settings_that_can_be_used(
    compose: dict[str, Any], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = {
        key: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", str(value))
        for key, value in compose["services"][name]["environment"].items()
    }
    settings = accepted(monkeypatch, environment)
    assert (settings.host, settings.port) == ("0.0.0.0", 8000)
    store = settings.store_url.get_secret_value()
    if not store.startswith("sqlite:////data/"):
        host = store.split("//")[1].split(":")[0]
        assert compose["services"][name]["depends_on"][host] == {"condition": "service_healthy"}
    else:
        assert any(volume.endswith(":/data") for volume in compose["services"][name]["volumes"])


def test_what_a_service_depends_on_starts_with_it_and_can_be_seen_to_be_healthy(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            assert set(service["profiles"]) <= set(services[other]["profiles"]), (name, other)
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[other] or other in OURS
    published = [port for service in services.values() for port in service.get("ports", ())]
    assert all(port.startswith("127.0.0.1:") for port in published), "there are no accounts"
    assert len({port.split(":")[1] for port in published}) == len(published)
    mounts = [volume.split(":")[0] for each in services.values() for volume in each.get("volumes", ())]
    assert {mount for mount in mounts if "/" not in mount} == set(compose["volumes"])
    assert all((ROOT / mount).exists() for mount in mounts if "/" in mount)


def test_compose_itself_reads_the_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not installed")
    command = [docker, "compose", "--profile", "*", "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_workers_share_their_runs(compose: dict[str, Any], resources: dict[str, dict[str, Any]]) -> None:
    environment = compose["services"]["worker"]["environment"]
    assert environment["FINANCIAL_AGENT_RUN_STORE_URL"].startswith("redis://redis:")
    (container,) = resources["Deployment"]["spec"]["template"]["spec"]["containers"]
    (shared,) = [each for each in container["env"] if each["name"] == "FINANCIAL_AGENT_RUN_STORE_URL"]
    assert not shared["valueFrom"]["secretKeyRef"].get("optional")


# nginx


@pytest.fixture
def nginx(tmp_path: Path, server: LiveServer) -> Iterator[str]:
    """The configuration of compose, before the shared server."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = (ROOT / "deploy" / "compose-nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("worker:8000", server.url.removeprefix("http://")),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/tmp/nginx.pid", f"{tmp_path}/nginx.pid"),
        ("worker_processes auto", "worker_processes 1"),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "nginx.conf").write_text(text)
    command = [program, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "log")]
    running = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        for _ in range(100):
            try:
                httpx.get(f"http://127.0.0.1:{port}/api/health/live")
                break
            except httpx.HTTPError:
                assert running.poll() is None, (tmp_path / "log").read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(timeout=10)


def test_a_stream_passes_nginx_whole_and_unbuffered(nginx: str) -> None:
    question = {"message": "Is AAPL a buy?"}
    with httpx.stream("POST", f"{nginx}/api/chat/stream", json=question, timeout=30) as response:
        chunks = list(response.iter_text())
    events = events_of("".join(chunks))
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert (events[0]["type"], events[-1]["type"]) == ("run", "end")
    assert len(chunks) > 3
    assert "run" in chunks[0] + chunks[1]
    assert "event:report" not in chunks[0]


def test_a_body_that_is_too_large_is_refused_by_us_in_our_words(nginx: str) -> None:
    answer = httpx.post(f"{nginx}/api/chat", json={"message": "x" * 300_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


# Kubernetes


@pytest.fixture(scope="module")
def resources() -> dict[str, dict[str, Any]]:
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
    assert {path.name for path in KUBERNETES.glob("*.yaml")} == {*listed, "kustomization.yaml"}
    loaded = [yaml.safe_load((KUBERNETES / name).read_text(encoding="utf-8")) for name in listed]
    return {each["kind"]: each for each in loaded}


@pytest.mark.parametrize("version", ["1.30", "1.34"])
def test_kubernetes_knows_every_field(resources: dict[str, dict[str, Any]], version: str) -> None:
    for resource in resources.values():
        kubernetes_validate.validate(resource, version, strict=True)
    spoiled = {**resources["Service"], "spec": {"selektor": {}}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(spoiled, version, strict=True)


def test_the_deployment_drains_probes_and_holds_no_rights(
    resources: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    pod = resources["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    kustomization = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
    (generated,) = kustomization["configMapGenerator"]
    settings = accepted(monkeypatch, dict(pair.split("=", 1) for pair in generated["literals"]))
    held = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > held + settings.drain_seconds + 5
    paths = create_app(ServerSettings(store_url="memory:")).openapi()["paths"]
    probes = {
        name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")
    }
    assert probes == {
        "startup": "/api/health/live", "liveness": "/api/health/live", "readiness": "/api/health/ready",
    }  # fmt: skip
    assert set(probes.values()) <= set(paths)
    assert pod["enableServiceLinks"] is False
    assert pod["securityContext"]["runAsUser"] == int(instructions("USER")[0].split(":")[0])
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    known = {each.name for each in variables()}
    assert {each["name"] for each in container["env"]} <= known
    assert all("secretKeyRef" in each["valueFrom"] for each in container["env"])


def test_a_service_named_as_ours_would_break_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Why `enableServiceLinks` is off: Kubernetes would set this variable for the service."""
    monkeypatch.setenv("FINANCIAL_AGENT_PORT", "tcp://10.0.0.1:80")
    with pytest.raises(ValueError, match="port"):
        load_settings(None)


def test_every_selector_finds_the_pods(resources: dict[str, dict[str, Any]]) -> None:
    labels = resources["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert resources["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert resources["Service"]["spec"]["selector"] == labels
    assert resources["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert resources["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    target = resources["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", resources["Deployment"]["metadata"]["name"])
    assert "replicas" not in resources["Deployment"]["spec"], "the autoscaler sets it"


def test_kustomize_builds_the_whole_with_this_version() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    done = subprocess.run(
        [kubectl, "kustomize", str(KUBERNETES)], capture_output=True, text=True, timeout=60, check=True
    )
    built = {each["kind"]: each for each in yaml.safe_load_all(done.stdout)}
    for resource in built.values():
        kubernetes_validate.validate(resource, "1.34", strict=True)
    (container,) = built["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert container["image"] == IMAGE
    assert container["envFrom"][0]["configMapRef"]["name"] == built["ConfigMap"]["metadata"]["name"]
