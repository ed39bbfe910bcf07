#!/usr/bin/env bash
# The package as a user meets it: packs it, installs it in an empty folder by the command in the README, runs it there, and
# type-checks a program that imports it. The install can't reach the host of the CUDA libraries, and must not need it.
set -euo pipefail
cd "$(dirname "$0")/../.."
npm=(npx --yes "npm@${1:-$(npm --version)}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "release check: $1" >&2
  exit 1
}

# npm 10 runs an install script if the lockfile says that there is one; npm 11 asks allowScripts.
node -e '
  const { packages } = require("./package-lock.json");
  process.exit(packages["node_modules/onnxruntime-node"].hasInstallScript ? 1 : 0)
' || fail 'package-lock.json lets onnxruntime-node download CUDA libraries; remove its hasInstallScript again'

# A new home folder without settings of this machine, except those for reaching a registry and for compiling.
settings=(PATH="$PATH" HOME="$folder" GLOBAL_AGENT_HTTPS_PROXY=http://127.0.0.1:9)
for name in registry cafile nodedir cache; do
  value=$(npm config get "$name")
  [ "$value" = undefined ] || [ "$value" = null ] || settings+=("npm_config_$name=$value")
done
fresh() { env -i "${settings[@]}" "$@"; }

echo "release check with npm $("${npm[@]}" --version)"
"${npm[@]}" pack --ignore-scripts --silent --pack-destination "$folder" >"$folder/name"
tarball="./$(cat "$folder/name")"
mkdir "$folder/empty"
mv "$folder/$tarball" "$folder/empty"
cd "$folder/empty"
line=$(sed -n 's/^    \(.*npm install \)azul-zero-.*\.tgz.*/\1/p' "$OLDPWD/README.md")
[ -n "$line" ] || fail 'the README has no line that installs the tarball'
fresh bash -c "${line/npm install/${npm[*]} install} $tarball typescript@6 @types/node@20" 2>&1 | tee "$folder/install"
if grep -q 'nknown .* config' "$folder/install"; then fail 'npm warns of settings'; fi

echo '== npx azul'
printf 'position start 2\ndeal 1\ngo sims 8\n' | fresh "${npm[@]}" exec -- azul engine 2>"$folder/warnings" | tee "$folder/engine"
grep -q '^bestmove ' "$folder/engine" || fail 'the engine gives no move'
[ ! -s "$folder/warnings" ] || fail "npx azul warns: $(cat "$folder/warnings")"
fresh npx azul evaluate random greedy --pairs 2
fresh npx azul train --preset tiny --set iterations=2 --set evaluation.every=0

echo '== types'
cat >program.mts <<'END'
import { createWorkers, type Workers } from 'azul-zero';
import { playMatch, RandomPlayer } from 'azul-zero/arena';
import { Rules, startPosition } from 'azul-zero/game';
import { AzulGame, Search } from 'azul-zero/mcts';
import { Network } from 'azul-zero/network';
import { type AzulStep, azulTask, makeConfig, onnxBackend, Trainer, TrainingStep, tensorflowBackend } from 'azul-zero/training';

const { training } = makeConfig('tiny');
const network = new Network(2, { width: 64, blocks: 1 });
const step: Promise<AzulStep> = TrainingStep.create(azulTask(network, training), network.initialWeights(1), training, onnxBackend());
const workers: Workers = createWorkers(1);
export { AzulGame, playMatch, RandomPlayer, Rules, Search, startPosition, step, Trainer, tensorflowBackend, workers };
END
fresh npx tsc --noEmit --strict --skipLibCheck false --module NodeNext --target ES2023 --types node program.mts
echo 'release check: all is well'
