"""What is deployed is what the code says: settings, services, metrics, alerts, runbooks."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from services.messaging import metrics
from zhixing.settings import SERVICES, TABLE

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
SETTINGS = {setting.name for setting in TABLE}
SECRETS = {"ZHIXING_SECRET_KEY", "ZHIXING_ADMIN_PASSWORD", "POSTGRES_PASSWORD", "RABBITMQ_PASSWORD"}
# Written only where the cluster is.
NOT_APPLIED = {"kustomization.yaml", "secrets.example.yaml"}
SAMPLES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
METRIC = re.compile(r"\bzhixing_\w+")


def documents(file: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(file.read_text()) if document]


def resources(*kinds: str) -> Iterator[dict[str, Any]]:
    """The Kubernetes resources of some kinds, by file."""
    for file in sorted(KUBERNETES.glob("*.yaml")):
        yield from (one for one in documents(file) if one["kind"] in kinds)


def pods() -> list[tuple[str, dict[str, Any]]]:
    """Deployment or Job → the specification of its pods."""
    return [
        (one["metadata"]["name"], one["spec"]["template"]["spec"])
        for one in resources("Deployment", "Job")
    ]


def compose() -> dict[str, Any]:
    (document,) = documents(DEPLOY / "compose.yaml")
    return document


def alerts() -> list[dict[str, Any]]:
    (document,) = documents(DEPLOY / "prometheus" / "alerts.yml")
    return [rule for group in document["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    document = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())
    found: list[dict[str, Any]] = document["panels"]
    return found


def samples() -> set[str]:
    """The names under which Prometheus sees what is counted."""
    described = (
        metric
        for wrapper in vars(metrics).values()
        if isinstance(wrapper, MetricWrapperBase)
        for metric in wrapper.describe()
    )
    return {metric.name + suffix for metric in described for suffix in SAMPLES[metric.type]}


def files_of(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("file", sorted(KUBERNETES.glob("*.yaml")), ids=lambda file: str(file.name))
def test_a_manifest_is_what_kubernetes_takes(file: Path) -> None:
    for document in documents(file):
        if document["kind"] != "Kustomization":
            kubernetes_validate.validate(
                document, kubernetes_validate.latest_version(), strict=True
            )


def test_the_kustomization_names_every_manifest() -> None:
    (document,) = documents(KUBERNETES / "kustomization.yaml")
    there = {file.name for file in KUBERNETES.glob("*.yaml")}
    assert set(document["resources"]) == there - NOT_APPLIED


def test_each_service_is_deployed_and_keeps_one_replica_through_a_disruption() -> None:
    run = {name: pod["containers"][0]["args"] for name, pod in pods() if name != "migrate"}
    assert run == {service: ["run", service] for service in SERVICES}
    guarded = {one["metadata"]["name"] for one in resources("PodDisruptionBudget")}
    assert guarded == set(SERVICES)


def test_every_pod_is_restricted() -> None:
    for name, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in pod["containers"]:
            allowed = container["securityContext"]
            assert allowed["allowPrivilegeEscalation"] is False, name
            assert allowed["readOnlyRootFilesystem"] is True, name
            assert allowed["capabilities"] == {"drop": ["ALL"]}, name
            assert set(container["resources"]) == {"requests", "limits"}, name


def test_no_pod_is_given_variables_that_are_no_settings() -> None:
    assert [name for name, pod in pods() if pod["enableServiceLinks"] is not False] == []


def test_probes_ask_where_health_is_served() -> None:
    for name, pod in pods():
        for container in pod["containers"]:
            ports = {port["name"]: port["containerPort"] for port in container.get("ports", ())}
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                if name != "migrate":
                    asked = container[probe]["httpGet"]
                    assert asked["path"] in ("/healthz", "/readyz")
                    assert ports[asked["port"]] == 9100


def test_the_compose_file_keeps_its_schema() -> None:
    command = [sys.executable, "-m", "check_jsonschema"]
    command += ["--builtin-schema", "vendor.compose-spec", str(DEPLOY / "compose.yaml")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_compose_runs_each_service_in_a_process_of_its_own() -> None:
    run = {
        name: service["command"]
        for name, service in compose()["services"].items()
        if service["image"].startswith("zhixing:") and name != "migrate"
    }
    assert run == {service: ["run", service] for service in SERVICES}


@pytest.mark.parametrize("file", files_of(DEPLOY), ids=lambda file: str(file.relative_to(DEPLOY)))
def test_every_setting_named_exists(file: Path) -> None:
    # A name that goes on with < stands for several.
    named = set(re.findall(r"ZHIXING_[A-Z_]*[A-Z](?![A-Z_]|_<)", file.read_text()))
    prefixes = set(re.findall(r"(ZHIXING_[A-Z_]*)_<", file.read_text()))
    assert named - SETTINGS <= prefixes
    assert all(any(name.startswith(f"{prefix}_") for name in SETTINGS) for prefix in prefixes)


def test_no_secret_has_a_value() -> None:
    (example,) = resources("Secret")
    assert set(example["stringData"].values()) == {""}
    for name, value in re.findall(r"\$\{(\w+)([^}]*)\}", (DEPLOY / "compose.yaml").read_text()):
        assert value == ":?must be set", name
    for one in resources("ConfigMap"):
        assert not SECRETS & one["data"].keys()


def test_images_are_named_without_a_host() -> None:
    images = {service["image"] for service in compose()["services"].values()}
    images |= {container["image"] for _, pod in pods() for container in pod["containers"]}
    images |= set(re.findall(r"^FROM (\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE))
    for image in images:
        first, slash, _ = image.partition("/")
        assert not slash or not re.search(r"[.:]|^localhost$", first), image


def test_every_metric_of_an_alert_or_panel_is_counted() -> None:
    said = [rule["expr"] for rule in alerts()]
    said += [target["expr"] for panel in panels() for target in panel["targets"]]
    counted = samples()
    for expression in said:
        named = set(METRIC.findall(expression))
        assert named or "up{" in expression, expression
        assert named <= counted, expression


def test_alerts_and_panels_have_names_of_their_own() -> None:
    names = [rule["alert"] for rule in alerts()]
    assert len(set(names)) == len(names)
    ids = [panel["id"] for panel in panels()]
    assert len(set(ids)) == len(ids)


def test_every_alert_has_its_runbook() -> None:
    named = {rule["annotations"]["runbook"] for rule in alerts()}
    assert named == {str(file.relative_to(ROOT)) for file in (DEPLOY / "runbooks").glob("*.md")}
    for rule in alerts():
        first = (ROOT / rule["annotations"]["runbook"]).read_text().splitlines()[0]
        assert f"({rule['alert']})" in first
