// Swarms of four processes of which one is killed, or stopped for a while, again and again at random; each ends with the bytes of a swarm in
// one process that nobody touched.
//
//   node examples/distributed/kills.mjs OUT [--kills 20] [--coupling pso] [--nats nats://HOST:PORT]
//
// Swarms meet in folders of OUT, or on a NATS server.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "convoynet/tensor";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: "string", default: "20" },
    coupling: { type: "string", default: "pso" },
    nats: { type: "string" },
  },
});
const { kills, coupling, nats } = values;
const [out] = positionals;
if (!out) {
  console.error(
    "usage: node examples/distributed/kills.mjs OUT [--kills N] [--coupling NAME] [--nats ADDRESS]",
  );
  process.exit(2);
}
const convoy = fileURLToPath(new URL("../../bin/convoy.mjs", import.meta.url));
const settings =
  `mnist --model lenet5 --train 8000 --epochs 8 --swarm ${coupling} --particles 4 --save-minutes 0.02 --threads 1 --quiet`.split(
    " ",
  );
const PROCESSES = 4;
const random = new Random({ seed: 1, purpose: "search" });
mkdirSync(out, { recursive: true });

const weightsOf = (run) => readFileSync(join(run, "weights", "best.safetensors"));

const alone = join(out, "alone");
if (!existsSync(join(alone, "summary.json"))) {
  rmSync(alone, { recursive: true, force: true });
  spawnSync(process.execPath, [convoy, "train", ...settings, "--out", alone], { stdio: "inherit" });
}

/** Where the swarm of a number meets. */
function placeOf(number) {
  if (nats === undefined) return `folder:${join(resolve(out), `swarm-${number}`)}`;
  return `${nats}/swarm-${number}?runs=${join(resolve(out), `runs-${number}`)}`;
}

let done = 0;
let swarms = 0;
let differ = 0;
while (done < Number(kills)) {
  const place = placeOf(++swarms);
  const run = join(out, `run-${swarms}`);
  for (const old of [run, join(out, `swarm-${swarms}`), join(out, `runs-${swarms}`)])
    rmSync(old, { recursive: true, force: true });
  mkdirSync(join(out, `runs-${swarms}`), { recursive: true });
  const commands = Array.from({ length: PROCESSES }, (_, at) =>
    at === 0
      ? ["train", ...settings, "--exchange", place, "--out", run]
      : ["worker", "--exchange", place],
  );
  let over = false;
  const started = commands.map((command) => {
    const own = { child: undefined, ended: undefined };
    own.start = () => {
      own.child = spawn(process.execPath, [convoy, ...command], {
        stdio: ["ignore", "ignore", "pipe"],
      });
      let said = "";
      own.child.stderr.on("data", (text) => (said += text));
      own.child.once("exit", (code, signal) => {
        if (code !== null && code !== 0)
          console.error(`${command[0]} ended with ${code}: ${said.slice(-300)}`);
        if (signal === "SIGKILL" && !over) own.start();
        else own.ended = true;
      });
    };
    own.start();
    return own;
  });
  while (!started.every(({ ended }) => ended)) {
    await sleep(1000 + 4000 * random.uniform());
    const { child, ended } = started[random.integer(PROCESSES)];
    if (ended || existsSync(join(run, "summary.json"))) continue;
    if (random.uniform() < 0.7) child.kill("SIGKILL");
    else {
      child.kill("SIGSTOP");
      await sleep(500 + 2000 * random.uniform());
      child.kill("SIGCONT");
    }
    done++;
  }
  over = true;
  const same = weightsOf(run).equals(weightsOf(alone));
  if (!same) differ++;
  console.log(
    `swarm ${swarms}: ${same ? "same bytes" : "OTHER BYTES"}; ${done} kills and stops so far`,
  );
}
console.log(
  `${done} kills and stops in ${swarms} swarms of ${coupling}: ${differ} with other bytes than one process`,
);
