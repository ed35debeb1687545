"""A Ray cluster of several nodes on this machine, for tests: prints its address, and ends with its input.

Each argument is a node: its processors, and where it finds programs (nothing for where everybody does).
"""

from __future__ import annotations

import os
import sys

from ray.cluster_utils import Cluster


def main() -> None:
    cluster = Cluster()
    for node in sys.argv[1:]:
        cpus, _, path = node.partition(":")
        cluster.add_node(
            num_cpus=int(cpus),
            object_store_memory=80 * 2**20,
            include_dashboard=False,
            env_vars={"PATH": path or os.environ["PATH"]},
        )
    print(cluster.address, flush=True)
    sys.stdin.read()
    cluster.shutdown()


main()
