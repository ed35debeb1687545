"""The folder of an audit's report as an RO-Crate 1.1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

FORMATS = {"report.json": "application/json", "report.html": "text/html", "report.md": "text/markdown"}
LICENSE = "https://spdx.org/licenses/Apache-2.0"


def write_crate(folder: Path) -> None:
    """Write `ro-crate-metadata.json`: the files, the published code that was read, and the run between them.

    Args:
        folder: with `report.json`, and what else of the report there is.
    """
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    crate = ROCrate(version="1.1")
    crate.name = "Audit of published claims"
    crate.description = (
        f"{len(report['claims'])} claims of papers and their code, with verdicts and evidence."
    )
    crate.datePublished = report["date"]
    crate.license = _add(crate, LICENSE, "CreativeWork", name="Apache License 2.0", identifier=LICENSE)
    files = [
        crate.add_file(folder / name, name, properties={"name": name, "encodingFormat": encoding})
        for name, encoding in FORMATS.items()
        if (folder / name).exists()
    ]
    read = [
        _add(
            crate,
            f"https://github.com/{one['source']}",
            "SoftwareSourceCode",
            name=one["source"],
            version=one["found"],
            description=f"{one['state']}; SHA-256 of its files {one['digest']}",
        )
        for one in report["checkouts"]
        if one.get("found")
    ]
    program = _add(crate, "#concord", "SoftwareApplication", name="Concord", description="concord audit")
    run = _add(
        crate,
        "#run",
        "CreateAction",
        name="Audit",
        description=report["command"],
        endTime=report["date"],
        instrument=program,
        object=read,
        result=files,
    )
    crate.root_dataset["mentions"] = run
    maker = _add(crate, "#makers", "Organization", name="Concord")
    crate.root_dataset["author"] = maker
    crate.root_dataset["publisher"] = maker
    crate.metadata.write(folder)


def _add(crate: ROCrate, identity: str, kind: str, **properties: Any) -> Any:
    entity = crate.add(ContextEntity(crate, identity, properties={"@type": kind}))
    for name, value in properties.items():
        entity[name] = value
    return entity
