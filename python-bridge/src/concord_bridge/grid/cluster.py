"""Join a Ray cluster, or start one for this run, with a token; what goes wrong is named."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from pathlib import Path

from concord_bridge.grid.jobs import RunSettings

PROBE_SECONDS = 5.0
OBJECT_STORE_BYTES = 100 * 2**20
"""Cells exchange a few thousand bytes; what is large lies in files."""


class ClusterRefused(Exception):
    """No cell can be run; the message says what to do."""


def join(settings: RunSettings) -> None:
    """Initialise Ray in this process.

    Raises:
        ClusterRefused: no Ray, nobody at the address, a wrong token, another version there.
    """
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # A worker that Ray ends for want of memory counts as any other that went.
    os.environ.setdefault("RAY_task_oom_retries", str(settings.retries))
    try:
        import ray
    except ImportError:
        raise ClusterRefused(
            "--engine ray needs Ray in the Python environment of Concord; install it with "
            "`CONCORD_EXTRAS=ray npm run setup`, or run with --engine local"
        ) from None
    logging.getLogger("ray").setLevel(logging.ERROR)
    if settings.address is None:
        if not _has_token():
            os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
        ray.init(
            address="local",
            num_cpus=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
            object_store_memory=OBJECT_STORE_BYTES,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
        return
    _require_reachable(settings.address)
    if os.environ["RAY_AUTH_MODE"] == "token" and not _has_token():
        raise ClusterRefused(
            "no token for the cluster: put the one that it was started with into ~/.ray/auth_token, or its "
            "path into RAY_AUTH_TOKEN_PATH"
        )
    try:
        ray.init(address=settings.address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ray.exceptions.RayError) as error:
        raise ClusterRefused(_explained(settings.address, error)) from error


def _has_token() -> bool:
    named = os.environ.get("RAY_AUTH_TOKEN") or os.environ.get("RAY_AUTH_TOKEN_PATH")
    return bool(named) or (Path.home() / ".ray" / "auth_token").exists()


def _require_reachable(address: str) -> None:
    if address == "auto":
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise ClusterRefused(f"--address {address}: expected host:port, such as head:6379, or auto")
    try:
        socket.create_connection((host, int(port)), PROBE_SECONDS).close()
    except OSError as error:
        raise ClusterRefused(f"--address {address}: nobody answers there ({error})") from error


def _explained(address: str, error: Exception) -> str:
    # Ray says why in the error behind the one that it throws.
    whole = " ".join(str(one) for one in (error, error.__cause__, error.__context__) if one)
    if "AuthenticationError" in whole or "InvalidAuthToken" in whole:
        return (
            f"--address {address}: the cluster does not accept the token; take the one that it was "
            "started with, from ~/.ray/auth_token or RAY_AUTH_TOKEN there"
        )
    text = str(error).strip()
    return f"--address {address}: {text.splitlines()[0] if text else type(error).__name__}"
