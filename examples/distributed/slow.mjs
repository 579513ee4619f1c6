// Swarms of four processes of which one is four times as slow as it was, with and without a deadline for rounds: how long the three others
// take, and what their swarm comes to.
//
//   node examples/distributed/slow.mjs OUT [--seeds 8] [--wait 1] [--coupling pso]
//
// The slow process is stopped for three quarters of the time. Ctrl-C stops; the same command goes on.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { estimate } from "convoynet/study";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "8" },
    wait: { type: "string", default: "1" },
    coupling: { type: "string", default: "pso" },
  },
});
const [out] = positionals;
if (!out) {
  console.error(
    "usage: node examples/distributed/slow.mjs OUT [--seeds N] [--wait SECONDS] [--coupling NAME]",
  );
  process.exit(2);
}
const convoy = fileURLToPath(new URL("../../bin/convoy.mjs", import.meta.url));
const PROCESSES = 4;
/** Milliseconds of a turn in which the slow process runs for a quarter. */
const TURN = 200;
const settings =
  `mnist --model lenet5 --train 8000 --epochs 8 --swarm ${values.coupling} --particles ${PROCESSES} --threads 1 --quiet`.split(
    " ",
  );
mkdirSync(out, { recursive: true });

/** Processes of one swarm, each with one particle; the last one is slow. @returns seconds and accuracy of the fast ones */
async function play(name, seed, wait) {
  const kept = join(out, `${name}-${seed}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, "utf8"));
  const place = join(resolve(out), `place-${name}-${seed}`);
  rmSync(place, { recursive: true, force: true });
  const where = ["--exchange", `folder:${place}`, "--host", "1", ...wait];
  const start = performance.now();
  const children = Array.from({ length: PROCESSES }, (_, at) => {
    const own =
      at === 0 ? ["train", ...settings, "--seed", seed] : ["worker", "--threads", "1", "--quiet"];
    return spawn(process.execPath, [convoy, ...own, ...where], { stdio: "ignore" });
  });
  const slow = children.at(-1);
  const summary = (id) => join(place, "particles", String(id), "summary.json");
  const lock = (id) => join(place, "particles", String(id), "run.lock");
  const ids = [...children.keys()];
  const pidOf = (id) =>
    existsSync(lock(id)) ? JSON.parse(readFileSync(lock(id), "utf8")).pid : undefined;
  // Which particle the slow one has is seen while it trains.
  let held;
  const done = (id) => existsSync(summary(id));
  while (!ids.every((id) => id === held || done(id))) {
    held ??= ids.find((id) => pidOf(id) === slow.pid);
    slow.kill("SIGSTOP");
    await sleep(0.75 * TURN);
    slow.kill("SIGCONT");
    await sleep(0.25 * TURN);
  }
  const seconds = (performance.now() - start) / 1000;
  for (const child of children) child.kill("SIGKILL");
  const tests = ids
    .filter((id) => id !== held)
    .map((id) => JSON.parse(readFileSync(summary(id), "utf8")).test.accuracy);
  const result = { seconds, accuracy: tests.reduce((sum, each) => sum + each, 0) / tests.length };
  writeFileSync(kept, JSON.stringify(result));
  rmSync(place, { recursive: true, force: true });
  return result;
}

const found = { synchronous: [], deadline: [] };
for (let seed = 1; seed <= Number(values.seeds); seed++) {
  found.synchronous.push(await play(`${values.coupling}-synchronous`, String(seed), []));
  found.deadline.push(
    await play(`${values.coupling}-wait-${values.wait}`, String(seed), ["--wait", values.wait]),
  );
  console.log(`seed ${seed}:`, found.synchronous.at(-1), found.deadline.at(-1));
}
const told = (list, digits) => {
  const { mean, low, high } = estimate(list);
  return `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
};
console.log("| rounds | seconds until three of four are trained | test accuracy, % |");
console.log("|---|---|---|");
for (const [name, all] of Object.entries(found)) {
  console.log(
    `| ${name} | ${told(
      all.map(({ seconds }) => seconds),
      1,
    )} | ${told(
      all.map(({ accuracy }) => 100 * accuracy),
      2,
    )} |`,
  );
}
const less = found.deadline.map(
  ({ accuracy }, at) => 100 * (accuracy - found.synchronous[at].accuracy),
);
console.log(`deadline less synchronous: ${told(less, 2)} points`);
