// Does a search for features pay? AAPSO, binary particle swarm, random search, recursive elimination and a filter against
// all features, on ten tables, by nested folds, the searches with as many evaluations each. What is over is written after
// every method, seed and table; Ctrl-C ends it, and the same command goes on.
//
//   node examples/feature-selection/select.mjs DATA [OUT] [SEEDS]

import { join } from "node:path";
import { readFeatures } from "convoynet/data";
import { getSelector } from "convoynet/selection";
import { runSelections } from "convoynet/study";
import { report } from "./report.mjs";
import { methods, tables } from "./tables.mjs";

const [data, out = "runs/feature-selection", seeds = "10"] = process.argv.slice(2);
if (!data) {
  console.error("usage: node examples/feature-selection/select.mjs DATA [OUT] [SEEDS]");
  process.exit(2);
}
const abort = new AbortController();
process.once("SIGINT", () => abort.abort());

const done = [];
for (const file of tables) {
  const table = await readFeatures(join(data, file));
  const start = performance.now();
  const runs = await runSelections(
    {
      table,
      methods: methods.map((name) => ({ name, selector: getSelector(name) })),
      seeds: Array.from({ length: Number(seeds) }, (_, at) => at + 1),
      ...{ folds: 5, particles: 30, iterations: 20 },
      out: join(out, table.name),
    },
    { signal: abort.signal },
  );
  if (!runs) break;
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.error(`${table.name}: ${table.features.rows} x ${table.features.columns}, ${seconds} s`);
  done.push({ table, runs });
}
await report(done, out);
if (abort.signal.aborted) console.error("saved; the same command goes on");
