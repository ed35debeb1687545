#!/bin/bash
#SBATCH --job-name=concord-grid
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --mem=64G
#SBATCH --time=24:00:00
#SBATCH --signal=B:TERM@300
#
# A grid on SLURM: sbatch docs/clusters/slurm.sh grid.yaml
#
# Runs in the checkout, set up with CONCORD_EXTRAS=ray npm run setup, in a folder that all nodes share. Five minutes
# before the time is over the cells under way save; submitted again, the job goes on.
set -euo pipefail
grid=${1:?name the file of the grid: sbatch docs/clusters/slurm.sh grid.yaml}
cd "$SLURM_SUBMIT_DIR"
ray=$PWD/.venv/bin/ray

# Whoever has the token may run programs here: a file that nobody else can read, for this job alone.
umask 077
token=$(mktemp "$PWD/.ray-token.XXXXXX")
trap 'rm -f "$token"' EXIT
od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$token"
export RAY_AUTH_MODE=token RAY_AUTH_TOKEN_PATH=$token RAY_USAGE_STATS_ENABLED=0

mapfile -t nodes < <(scontrol show hostnames "$SLURM_JOB_NODELIST")
head=$(srun --nodes=1 --ntasks=1 --nodelist="${nodes[0]}" hostname --ip-address | awk '{ print $1 }')
address=$head:6379

# This script runs on the first node, which is the head.
srun --overlap --nodes=1 --ntasks=1 --nodelist="${nodes[0]}" "$ray" start --head --block --include-dashboard=false \
  --node-ip-address="$head" --port=6379 --num-cpus="$SLURM_CPUS_PER_TASK" &
for _ in $(seq 60); do
  if "$ray" status --address "$address" >/dev/null 2>&1; then break; fi
  sleep 2
done
others=$((${#nodes[@]} - 1))
if ((others > 0)); then
  srun --overlap --nodes="$others" --ntasks="$others" --exclude="${nodes[0]}" "$ray" start --block \
    --address="$address" --num-cpus="$SLURM_CPUS_PER_TASK" &
  sleep 20
fi

node apps/compare/bin/concord.mjs grid doctor "$grid" --address "$address"
node apps/compare/bin/concord.mjs grid run "$grid" --engine ray --address "$address" &
run=$!
trap 'kill -INT "$run"' TERM
code=0
wait "$run" || code=$?
# A signal ends the wait, not the run: it is saving.
while kill -0 "$run" 2>/dev/null; do wait "$run" || code=$?; done
exit "$code"
