#!/bin/sh
# The shards of one scenario as a replicated job of a Docker Swarm, and behind them a container that joins what they left:
#
#   CHAOSBENCH_START_AT=$(date -u -d '+30 seconds' +%FT%TZ) docs/shards/swarm.sh 4 scenarios.yaml steady
#   docker run --rm --volume "$PWD:/bench" chaosbench merge shards --inconclusive fail
#
# The folder (CHAOSBENCH_FOLDER, default: this one) holds the scenario file, takes the run folders and must be one that every node sees.
# The image (CHAOSBENCH_IMAGE, default: chaosbench, made by docs/packaging/build.sh) must be on every node or in a registry of theirs.
# A shard must not fail for its verdict: alone it decides nothing, the merge does. One that failed is started again by Swarm, whatever its restart
# condition, once another is complete; it finds that the others' time is over, sends nothing and leaves no folder.
set -eu
shards=$1 file=$2 scenario=$3
shift 3
folder=${CHAOSBENCH_FOLDER:-$PWD}
exec docker service create --detach --quiet --name "${CHAOSBENCH_JOB:-chaosbench}" \
  --mode replicated-job --replicas "$shards" --restart-condition none --no-resolve-image \
  --network host --user "$(id -u):$(id -g)" --read-only --mount type=tmpfs,target=/tmp \
  --env 'CHAOSBENCH_SLOT={{.Task.Slot}}' --env "CHAOSBENCH_SHARDS=$shards" --env "CHAOSBENCH_START_AT=${CHAOSBENCH_START_AT:-}" \
  --mount "type=bind,source=$folder,target=/bench" --workdir /bench \
  "${CHAOSBENCH_IMAGE:-chaosbench}" run "$file" --scenario "$scenario" --out shards --shard auto --inconclusive pass "$@"
