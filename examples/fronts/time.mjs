// How long the nets of run.mjs take for an image, alone and among 64, on one thread; in turn, several times, of which the
// fastest counts.
//
//   node examples/fronts/time.mjs RESULTS.json

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [file] = process.argv.slice(2);
const convoy = fileURLToPath(new URL("../../bin/convoy.mjs", import.meta.url));
const TURNS = 3;

const found = JSON.parse(readFileSync(file, "utf8"));
const runs = found.map(({ run }) => run);
for (let turn = 0; turn < TURNS; turn++) {
  const flags = ["--batch", "1,64", "--threads", "1", "--rounds", "3", "--json"];
  const command = [convoy, "bench", "infer", "--models", runs.join(","), ...flags];
  const out = execFileSync(process.execPath, command, { encoding: "utf8", maxBuffer: 2 ** 26 });
  for (const { model, batch, medianMs } of JSON.parse(out).rows) {
    const row = found.find(({ run }) => run === model);
    const own = (row.ms ??= {});
    own[batch] = Math.min(own[batch] ?? Number.POSITIVE_INFINITY, medianMs / batch);
  }
  writeFileSync(file, `${JSON.stringify(found, undefined, 1)}\n`);
}
