// A study of short trainings that is killed at random and resumed, beside one that was left alone: the same table?
//
//   node examples/studies/killed.mjs OUT [TRIALS KILLS SAMPLER]

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [out, trials = "200", kills = "20", sampler = "tpe"] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/studies/killed.mjs OUT [TRIALS KILLS SAMPLER]");
  process.exit(2);
}

/** Small images whose brightness is their class, as IDX files. */
function writeData(folder) {
  const side = 8;
  mkdirSync(folder, { recursive: true });
  const write = (name, sizes, bytes) => {
    const header = Buffer.alloc(4 + 4 * sizes.length);
    header.set([0, 0, 8, sizes.length]);
    for (const [at, size] of sizes.entries()) header.writeUInt32BE(size, 4 + 4 * at);
    writeFileSync(join(folder, name), Buffer.concat([header, Buffer.from(bytes)]));
  };
  for (const [prefix, length] of [
    ["train", 100],
    ["t10k", 20],
  ]) {
    const labels = Array.from({ length }, (_, at) => at % 4);
    const pixels = labels.flatMap((label, image) =>
      Array.from({ length: side ** 2 }, (_, at) => 30 * label + ((at * 31 + image * 17) % 120)),
    );
    write(`${prefix}-images-idx3-ubyte`, [length, side, side], pixels);
    write(`${prefix}-labels-idx1-ubyte`, [length], labels);
  }
  return folder;
}

const data = writeData(join(out, "data"));
const convoy = fileURLToPath(new URL("../../bin/convoy.mjs", import.meta.url));

const trialsIn = (folder) => {
  const file = join(folder, "trials.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).trials.length : 0;
};

/** Begins or goes on with the study in a folder; killed at a random moment after some more trials, where that is said. */
function study(folder, more = Number.POSITIVE_INFINITY) {
  const args = [
    ...["tune", data, "--model", "convnet-gn", "--epochs", "1", "--threads", "1"],
    ...["--search", "lr=log:1e-4:1,batch=10|30,hyper.momentum=float:0:0.99"],
    ...["--sampler", sampler, "--trials", trials, "--out", folder, "--quiet"],
  ];
  const child = spawn(process.execPath, [convoy, ...args], { stdio: "ignore" });
  const target = trialsIn(folder) + more;
  const timer = setInterval(() => {
    if (trialsIn(folder) < target) return;
    clearInterval(timer);
    setTimeout(() => child.kill("SIGKILL"), 500 * Math.random());
  }, 20);
  return new Promise((resolve) => {
    child.once("close", (code) => {
      clearInterval(timer);
      resolve(code);
    });
  });
}

const [whole, killed] = [join(out, "whole"), join(out, "killed")];
await study(whole);
console.log(`left alone: ${trialsIn(whole)} trials`);
for (let at = 1; at <= Number(kills); at++) {
  const code = await study(
    killed,
    Math.floor(((2 * Number(trials)) / (Number(kills) + 1)) * Math.random()),
  );
  console.log(
    `kill ${at}: ${code === null ? "killed" : `over (${code})`} at ${trialsIn(killed)} trials`,
  );
}
await study(killed);
for (const name of ["trials.csv", "trials.json", "best.json"]) {
  const [a, b] = [whole, killed].map((folder) => readFileSync(join(folder, name)));
  console.log(`${name}: ${a.equals(b) ? "the same" : "NOT THE SAME"}`);
}
