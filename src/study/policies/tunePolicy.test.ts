import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stripes, temporaryFolder } from "../../../test/support/tinyRun.js";
import { fromPolicy, operationNames, policyOf, readPolicy } from "../../data/index.js";
import { openTrained, train } from "../../runs/index.js";
import { candidateSpace, mergedPolicy } from "./candidate.js";
import { densityLoss } from "./density.js";
import { partsOf } from "./fold.js";
import {
  type PolicyOptions,
  type PolicySearch,
  policyFiles,
  resumePolicy,
  tunePolicy,
} from "./tunePolicy.js";

const own = { data: { train: stripes(60, 1) } };
const settings = {
  ...{ data: "stripes", model: "convnet-gn", size: 8, epochs: 1, batch: 10, threads: 1 },
} as const;
const searched: PolicySearch = { settings, folds: 1, trials: 3 };

const tune = (given: Partial<PolicySearch> = {}, options: Partial<PolicyOptions> = {}) =>
  tunePolicy(
    { ...searched, ...given },
    { ...own, out: join(temporaryFolder(), "policy"), ...options },
  );

/** A candidate whose steps are all the same. */
const candidate = (op: string, p: number, level: number) =>
  Object.fromEntries(
    candidateSpace(operationNames).map(({ name }) => [
      name,
      name.startsWith("op") ? op : name.startsWith("p") ? p : level,
    ]),
  );

test("a search that is stopped and resumed leaves the same policy, which a training takes", async () => {
  const folder = temporaryFolder();
  const [whole, parted] = [join(folder, "whole"), join(folder, "parted")];
  const report = await tune({}, { out: whole });
  expect(report!.folds[0].kept).toHaveLength(3);
  expect(report!.subPolicies).toBe(15);
  expect([report!.found, report!.random].every((loss) => loss > 0)).toBe(true);
  const controller = new AbortController();
  const stop = { out: parted, signal: controller.signal, watch: () => controller.abort() };
  expect(await tune({}, stop)).toBeUndefined();
  expect(await resumePolicy({ ...own, out: parted })).toEqual(report);
  for (const name of Object.values(policyFiles)) {
    expect(readFileSync(join(parted, name), "utf8")).toBe(readFileSync(join(whole, name), "utf8"));
  }
  const path = join(whole, policyFiles.policy);
  expect(readPolicy(path).subPolicies).toHaveLength(15);
  const out = join(folder, "run");
  await train({ ...settings, augment: `${path},flip`, out }, own);

  // What is matched is the loss of the best sub-policy for each image.
  const { tried } = partsOf(own.data.train, 1);
  const net = await openTrained(join(whole, "folds", "0", "run"), { threads: 1 });
  const plain = await net.evaluate(tried);
  expect(await densityLoss(net, tried, candidate("invert", 0, 0))).toBeCloseTo(plain.loss, 6);
  const inverted = await densityLoss(net, tried, candidate("invert", 1, 0));
  const half = { ...candidate("invert", 1, 0), p1a: 0, p1b: 0, p2b: 0 };
  const best = await densityLoss(net, tried, half);
  // Twice inverted is as it was.
  expect(inverted).toBeCloseTo(plain.loss, 6);
  const once = policyOf({ subPolicies: [[["invert", 1]]] }, "once");
  const { losses } = await net.evaluate(tried, [fromPolicy(once)]);
  const least = losses.map((loss, at) => Math.min(loss, plain.losses[at]));
  expect(best).toBeCloseTo(least.reduce((sum, loss) => sum + loss, 0) / tried.length, 6);
  await net.close();
});

test("the parts of a fold share no image", () => {
  const { train, tried, compared } = partsOf(own.data.train, 1);
  expect([train, tried, compared].map(({ length }) => length)).toEqual([36, 12, 12]);
});

test("sub-policies that come twice are there once", () => {
  const all = [candidate("rotate", 0.504, 0.25), candidate("rotate", 0.5, 0.25)];
  expect(mergedPolicy(all).subPolicies).toEqual([
    [
      ["rotate", 0.5, 0.25],
      ["rotate", 0.5, 0.25],
    ],
  ]);
});

test.each<[string, Partial<PolicySearch>, string]>([
  ["a method", { method: "densitty" }, 'unknown method "densitty" (did you mean "density"?)'],
  ["no trial", { trials: 0 }, "the number of trials is 0; expected a whole number from 1"],
  [
    "a setting",
    { settings: { ...settings, selection: 0.2 } },
    "setting selection: a search of policies decides it",
  ],
  [
    "operations",
    { settings: { ...settings, leaveOut: operationNames.slice(1, -1).join(",") } },
    "of all operations 1 are left; expected 2 at least",
  ],
])("%s that cannot be used is refused before anything is written", async (_, given, message) => {
  const out = join(temporaryFolder(), "policy");
  await expect(tune(given, { out })).rejects.toThrow(message);
  expect(existsSync(out)).toBe(false);
});

test("a folder without a search is named", async () => {
  await expect(resumePolicy({ out: temporaryFolder() })).rejects.toThrow(
    "holds no search of policies",
  );
});
