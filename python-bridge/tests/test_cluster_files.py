"""The files of docs/clusters: each against its schema, or run with stand-ins for what it calls."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

CLUSTERS = Path(__file__).parents[2] / "docs" / "clusters"
needs_ray = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")


def read(name: str) -> Any:
    import yaml

    return yaml.safe_load((CLUSTERS / name).read_text(encoding="utf-8"))


@needs_ray
def test_launcher_file_follows_rays_schema() -> None:
    import jsonschema

    spec = importlib.util.find_spec("ray")
    assert spec and spec.origin
    schema = json.loads((Path(spec.origin).parent / "autoscaler" / "ray-schema.json").read_text())
    config = read("ray-launcher.yaml")
    jsonschema.validate(config, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**config, "max_worker": 3}, schema)
    for commands in (config["head_start_ray_commands"], config["worker_start_ray_commands"]):
        require_options(commands[-1])


@needs_ray
def test_kuberay_file_starts_nodes_with_a_token_and_no_dashboard() -> None:
    import jsonschema

    config = read("kuberay.yaml")
    groups = [config["spec"]["headGroupSpec"], *config["spec"]["workerGroupSpecs"]]
    for group in groups:
        container = group["template"]["spec"]["containers"][0]
        names = {entry["name"]: entry for entry in container["env"]}
        assert names["RAY_AUTH_MODE"]["value"] == "token"
        assert "secretKeyRef" in names["RAY_AUTH_TOKEN"]["valueFrom"]
        require_options("ray start " + " ".join(f"--{name}" for name in group["rayStartParams"]))
    assert config["spec"]["headGroupSpec"]["rayStartParams"]["include-dashboard"] == "false"
    pinned = (Path(__file__).parents[1] / "requirements-ray.txt").read_text()
    assert f"ray=={config['spec']['rayVersion']}\n" in pinned
    # The operator's own schema, ray.io_rayclusters.yaml of its chart, where somebody has it.
    crd = os.environ.get("CONCORD_KUBERAY_CRD")
    if crd:
        import yaml

        versions = yaml.safe_load(Path(crd).read_text())["spec"]["versions"]
        version = next(one for one in versions if one["name"] == "v1")
        jsonschema.validate(config, strict(version["schema"]["openAPIV3Schema"]))


def test_slurm_file_runs_dry(tmp_path: Path) -> None:
    """With stand-ins that say how they were called: a head, the others, the check, the grid."""
    said = tmp_path / "said"
    stand_in = f'#!/bin/sh\necho "$(basename "$0") $*" >>{said}\n'
    programs = {
        "scontrol": "printf 'n1\\nn2\\nn3\\n'\n",
        "srun": 'case "$*" in *hostname*) echo 192.0.2.1 ;; esac\n',
        "node": "",
        "sleep": "exec /bin/sleep 0.3\n",
        ".venv/bin/ray": "",
    }
    for name, body in programs.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(stand_in + body)
        path.chmod(0o755)
    slurm = {"SLURM_SUBMIT_DIR": str(tmp_path), "SLURM_JOB_NODELIST": "n[1-3]", "SLURM_CPUS_PER_TASK": "16"}
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", **slurm}
    subprocess.run(["bash", CLUSTERS / "slurm.sh", "grid.yaml"], env=env, check=True, timeout=60)
    lines = said.read_text().splitlines()
    heads = [line for line in lines if "start --head" in line]
    others = [line for line in lines if "start --block" in line]
    assert len(heads) == len(others) == 1
    assert "--nodelist=n1" in heads[0] and "--include-dashboard=false" in heads[0]
    assert "--nodes=2" in others[0] and "--address=192.0.2.1:6379" in others[0]
    calls = [line for line in lines if line.startswith("node")]
    assert calls == [
        "node apps/compare/bin/concord.mjs grid doctor grid.yaml --address 192.0.2.1:6379",
        "node apps/compare/bin/concord.mjs grid run grid.yaml --engine ray --address 192.0.2.1:6379",
    ]
    if importlib.util.find_spec("ray"):
        require_options(heads[0])
        require_options(others[0])
    assert not list(tmp_path.glob(".ray-token.*"))


def require_options(command: str) -> None:
    """Every option after `start` is one that Ray's command has."""
    from ray.scripts.scripts import start

    known = {name for parameter in start.params for name in parameter.opts}
    given = set(re.findall(r"--[a-z-]+", command.split(" start ", 1)[1]))
    assert given <= known


def strict(schema: Any) -> Any:
    """Kubernetes drops fields that it does not know; a check has to name them."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: strict(value) for key, value in schema.items()}
    open_ended = "x-kubernetes-preserve-unknown-fields" in schema or "additionalProperties" in schema
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object" and not open_ended:
        inner["additionalProperties"] = bool(schema.get("x-kubernetes-embedded-resource"))
    return inner
