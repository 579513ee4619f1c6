// Does `convoy tune lr` name rates that do well? For each set a sweep of eight rates over several seeds, the rate
// that is named, and what that comes to with the sweep's seeds. Ctrl-C saves; the same command goes on.
//
//   node examples/tune-lr/check.mjs CIFAR PNEUMONIA PHOTOS [OUT]

import { join } from "node:path";
import { compare } from "convoynet/compare";
import { tuneRate } from "convoynet/study";
import { sets, sweepRates } from "./sets.mjs";

const [cifar, pneumonia, photos, out = "runs/tune-lr-check"] = process.argv.slice(2);
if (!photos) {
  console.error("usage: node examples/tune-lr/check.mjs CIFAR PNEUMONIA PHOTOS [OUT]");
  process.exit(2);
}
const abort = new AbortController();
process.once("SIGINT", () => abort.abort());
const { signal } = abort;

const percent = (share) => (100 * share).toFixed(2);

/** The rows of a comparison of rates. */
async function rowsOf(lrs, { name, seeds, settings }, part) {
  const methods = lrs.map((lr) => ({ name: `${lr}`, description: "a rate", settings: { lr } }));
  const folder = join(out, name, part);
  const { tables } = await compare({ methods, settings, seeds, out: folder }, { signal });
  return tables[0].rows;
}

/** A set's line of the table. */
async function check(set) {
  const { name, seeds, settings } = set;
  const rows = await rowsOf(sweepRates, set, "sweep");
  const found = await tuneRate({ settings, out: join(out, name, "tune") }, { signal });
  if (!found) return undefined;
  const means = rows.map(({ value }) => value?.mean ?? 0);
  const best = Math.max(...means);
  const sweep = means.map(percent).join(", ");
  if (found.lr === undefined) return [name, seeds, sweep, found.verdict, "-", percent(best)];
  const [named] = await rowsOf([found.lr], set, "named");
  return [name, seeds, sweep, found.lr, percent(named.value?.mean ?? 0), percent(best)];
}

const header = ["set", "seeds", `sweep: ${sweepRates.join(", ")}`, "named", "its score", "best"];
const lines = [header, header.map(() => "---")];
for (const set of sets({ cifar, pneumonia, photos })) {
  if (signal.aborted) break;
  const line = await check(set);
  if (line && !signal.aborted) lines.push(line);
}
for (const line of lines) console.log(`| ${line.join(" | ")} |`);
if (signal.aborted) console.log("saved; the same command goes on");
