// What came of it: tables in Markdown on standard output, and all numbers in one file.

import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { estimate, holm, selectionRows, signedRank } from "convoynet/study";
import { methods } from "./tables.mjs";

const percent = (share) => (100 * share).toFixed(2);
const signed = (share) => `${share < 0 ? "" : "+"}${percent(share)}`;
const interval = ({ mean, low, high }, show) =>
  low === undefined ? show(mean) : `${show(mean)} (${show(low)} to ${show(high)})`;
const p = (value) => (value < 0.0001 ? "< 0.0001" : value.toPrecision(2));

function say(header, lines) {
  for (const line of [header, header.map(() => "---"), ...lines]) {
    console.log(`| ${line.join(" | ")} |`);
  }
  console.log();
}

/** AAPSO against each other method: a difference a table, the mean over its seeds. */
function overTables(results) {
  const others = methods.filter((name) => name !== "aapso");
  const tests = others.map((name) => {
    const differences = results.map(({ rows }) => {
      const of = (method) => rows.find((row) => row.method === method);
      // Thousandths of a point are rounding.
      return Math.round(1e9 * (of("aapso").outer.mean - of(name).outer.mean)) / 1e9;
    });
    const count = (sign) => differences.filter((value) => Math.sign(value) === sign).length;
    return {
      ...{ method: name, mean: estimate(differences), better: count(1), worse: count(-1) },
      p: signedRank(differences).p,
    };
  });
  const together = holm(tests.map((test) => test.p));
  return tests.map((test, at) => ({ ...test, holm: together[at] }));
}

/** AAPSO against random search on one table: a difference a seed. */
function overSeeds({ runs }) {
  const outers = (method) =>
    runs
      .filter((run) => run.method === method)
      .map(({ folds }) => folds.reduce((sum, { outer }) => sum + outer / folds.length, 0));
  const random = outers("random");
  const differences = outers("aapso").map(
    (mine, at) => Math.round(1e9 * (mine - random[at])) / 1e9,
  );
  return { ...estimate(differences), p: signedRank(differences).p };
}

export async function report(done, out) {
  const results = done.map(({ table, runs }) => ({
    ...{ table: table.name, samples: table.features.rows, features: table.features.columns },
    ...{ classes: table.names.length, seeds: runs.length / methods.length },
    rows: selectionRows(runs),
    aapsoLessRandom: overSeeds({ runs }),
  }));
  const tests = results.length > 0 ? overTables(results) : [];
  const path = join(out, "results.json");
  await writeFile(`${path}.tmp`, `${JSON.stringify({ results, tests }, undefined, 2)}\n`);
  await rename(`${path}.tmp`, path);

  say(
    ["table", "samples x features", ...methods],
    results.map(({ table, samples, features, rows }) => [
      table,
      `${samples} x ${features}`,
      ...rows.map(({ outer }) => interval(outer, percent)),
    ]),
  );
  say(
    [
      "table",
      "AAPSO less random search",
      "p",
      ...methods.slice(0, 5).map((name) => `leak, ${name}`),
    ],
    results.map(({ table, rows, aapsoLessRandom }) => [
      table,
      interval(aapsoLessRandom, signed),
      p(aapsoLessRandom.p),
      ...rows.slice(0, 5).map(({ leak }) => signed(leak.mean)),
    ]),
  );
  say(
    ["table", ...methods.map((name) => `features, ${name}`)],
    results.map(({ table, rows }) => [
      table,
      ...rows.map(({ features }) => features.mean.toFixed(1)),
    ]),
  );
  say(
    ["AAPSO less", "mean over tables", "better on", "worse on", "p", "p, Holm"],
    tests.map((test) => [
      ...[test.method, interval(test.mean, signed), test.better, test.worse],
      ...[p(test.p), p(test.holm)],
    ]),
  );
}
