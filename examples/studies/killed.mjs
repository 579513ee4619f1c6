// A study of short trainings that is killed at random and resumed, beside one that was left alone: the same table?
//
//   node examples/studies/killed.mjs OUT [TRIALS KILLS SAMPLER]

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [out, trials = "200", kills = "20", sampler = "tpe"] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/studies/killed.mjs OUT [TRIALS KILLS SAMPLER]");
  process.exit(2);
}

/** Begins or goes on with the study in a folder; killed after a time, where there is one. */
function study(folder, milliseconds) {
  const args = [
    ...["tune", "mnist", "--model", "lenet5", "--train", "200", "--epochs", "2", "--threads", "1"],
    ...["--search", "lr=log:1e-4:1,batch=16|32|64,hyper.momentum=float:0:0.99"],
    ...["--sampler", sampler, "--trials", trials, "--out", folder, "--quiet"],
  ];
  const child = spawn("npx", ["convoy", ...args], { stdio: "ignore", detached: true });
  const kill = () => process.kill(-child.pid, "SIGKILL");
  const timer = milliseconds && setTimeout(kill, milliseconds);
  return new Promise((resolve) => {
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

const trialsIn = (folder) => {
  const file = join(folder, "trials.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).trials.length : 0;
};

const [whole, killed] = [join(out, "whole"), join(out, "killed")];
const start = performance.now();
await study(whole);
const seconds = (performance.now() - start) / 1000;
console.log(`left alone: ${trialsIn(whole)} trials, ${seconds.toFixed(0)} s`);
for (let at = 1; at <= Number(kills); at++) {
  // Starting takes some seconds; what is killed earlier has done nothing.
  const share = seconds / Number(kills);
  const code = await study(killed, 1000 * (3 + Math.random() * share));
  console.log(
    `kill ${at}: ${code === null ? "killed" : `over (${code})`} at ${trialsIn(killed)} trials`,
  );
}
await study(killed);
for (const name of ["trials.csv", "trials.json", "best.json"]) {
  const [a, b] = [whole, killed].map((folder) => readFileSync(join(folder, name)));
  console.log(`${name}: ${a.equals(b) ? "the same" : "OTHERS"}`);
}
