// `convoy select` on tables as a user has them.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toCsv } from "../../src/text/csv.js";
import { iris, species } from "../support/iris.js";
import { convoy, scratch } from "./convoy.js";

const small = ["--folds", "3", "--seeds", "3", "--particles", "4", "--iterations", "4"];

/** The irises with an id and a column that is always the same. */
function writeIrises(cwd: string): void {
  const rows = Array.from(species, (one, at) => [
    ...[`plant ${at}`, ...iris.data.subarray(4 * at, 4 * at + 4), 7],
    ["setosa", "versicolor", "virginica"][one],
  ]);
  const titles = ["id", "sepal length", "sepal width", "petal length", "petal width", "seven"];
  writeFileSync(join(cwd, "iris.csv"), toCsv([...titles, "species"], rows));
}

test("tells what selectors come to, goes on in a folder, and names what cannot be used", async () => {
  const cwd = scratch();
  writeIrises(cwd);
  const command = ["select", "iris.csv", ...small, "--columns", "label=species,unused=id"];
  const plain = await convoy([...command, "--method", "aapso,rfe:weights=logistic,none"], { cwd });
  expect(plain.code, plain.err).toBe(0);
  expect(plain.out).toContain("[9/9] none, seed 3: outer accuracy ");
  expect(plain.out).toContain("iris: 30 samples, 5 features, 3 classes");
  expect(plain.out).toContain("dropped, in one training part at least: seven (constant)");
  expect(plain.out).toMatch(/^aapso +\d+\.\d\d \(.* to .*\) +[+-]/m);
  expect(plain.out).toMatch(/rfe:weights=logistic kept most often: petal \w+ \d+ %/);

  const resumable = [...command, "--method", "random,mi", "--out", "study", "--json"];
  const first = await convoy([...resumable, "--quiet"], { cwd });
  expect(first.code, first.err).toBe(0);
  expect(first.err).toBe("");
  const again = await convoy(resumable, { cwd });
  expect(again.out).toBe(first.out);
  const { table, methods } = JSON.parse(first.out);
  expect(table).toEqual({
    ...{ name: "iris", samples: 30, features: 5 },
    classes: ["setosa", "versicolor", "virginica"],
  });
  expect(methods.map(({ method }: { method: string }) => method)).toEqual(["random", "mi"]);
  expect(methods[0].evaluations).toBe(16);
  expect(methods[1].versus.wins + methods[1].versus.ties + methods[1].versus.losses).toBe(3);
  const named = Object.keys(methods[1].kept);
  expect(named.every((name) => name.startsWith("petal") || name.startsWith("sepal"))).toBe(true);

  const wrong = async (...args: string[]) => {
    const { code, err } = await convoy(["select", ...args], { cwd });
    return `${code} ${err}`;
  };
  expect(await wrong("iris.csv")).toContain('2 convoy: iris.csv: line 2, column "id" is "plant 0"');
  expect(await wrong("iris.csv", "--method", "aaspo")).toContain('(did you mean "aapso"?)');
  expect(await wrong("iris.csv", "--method", "bpso:pull=1")).toContain(
    'bpso: unknown option "pull"',
  );
  expect(await wrong("nowhere.csv")).toContain("2 convoy: nowhere.csv");
  expect(await wrong("iris.csv", "--classifier", "tree")).toContain('unknown classifier "tree"');
});
