// Trains three nets on the chips with every tag by itself, and three with the weather as one question of four answers.
//
//   node examples/amazon/learn.mjs CHIPS OUT
//
// The same command goes on where it was stopped.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { train } from "convoynet";
import { seeds, settings, ways } from "./settings.mjs";

const [chips, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/amazon/learn.mjs CHIPS OUT");
  process.exit(2);
}
for (const seed of seeds) {
  for (const [way, own] of Object.entries(ways)) {
    const run = join(out, `${way}-${seed}`);
    if (existsSync(join(run, "summary.json"))) continue;
    const resume = existsSync(join(run, "config.json"));
    const data = join(chips, "chips.csv");
    const given = resume ? { out: run } : { ...settings, ...own, data, seed, out: run };
    const { best, seconds } = await train(given, { resume });
    console.log(
      `${run}: average precision ${(100 * best.score).toFixed(2)} % on the selection part, ${seconds.toFixed(0)} s`,
    );
  }
}
