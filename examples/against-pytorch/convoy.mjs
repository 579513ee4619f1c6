// Trains Convoy's side of a comparison, each seed as a run; the same command goes on where it was stopped.
//
//   node examples/against-pytorch/convoy.mjs SETS NAME OUT

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { train } from "convoynet";

const [sets, name, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/against-pytorch/convoy.mjs SETS NAME OUT");
  process.exit(2);
}
const all = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));
const { set, seeds, ...settings } = all[name];
const abort = new AbortController();
process.once("SIGINT", () => abort.abort());

/** What both sides write of a seed. */
const found = [];
for (let seed = 1; seed <= seeds; seed++) {
  if (abort.signal.aborted) break;
  const run = join(out, `convoy-${name}-${seed}`);
  const summary = await train(
    {
      ...settings,
      ...{ data: join(sets, `${set}.npz`), seed, out: run },
      schedule: "cosine",
    },
    { resume: existsSync(run), signal: abort.signal },
  );
  const { test, best, seconds } = summary;
  found.push({ seed, test, best, seconds });
  console.log(JSON.stringify(found.at(-1)));
}
if (!abort.signal.aborted) {
  writeFileSync(join(out, `convoy-${name}.json`), `${JSON.stringify(found, undefined, 2)}\n`);
}
