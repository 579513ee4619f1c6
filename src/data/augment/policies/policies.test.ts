import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type PixelStep, writeOperations } from "../../../engine/pixels.js";
import { changed } from "../../../engine/reference/pixels.js";
import { Random } from "../../../tensor/philox.js";
import { fitMap } from "../../geometry.js";
import { Sample } from "../augmentation.js";
import { parseAugmentations, policiesIn, withPolicyPaths } from "../index.js";
import { type OperationName, operationNames, operations } from "../operations.js";
import { policyOf, readPolicy } from "./file.js";
import { policies, withNumbers } from "./index.js";
import { fromPolicy, operationsOf, type Policy, without } from "./policy.js";

const size = { height: 32, width: 32 };

/** What a policy does to image number `at` of a batch. */
function drawn(policy: Policy, at: number, extent = size): readonly PixelStep[] {
  const sample = new Sample((from) => fitMap("stretch", from, extent));
  const random = new Random({ seed: 2, purpose: "augment", epoch: 1 }, at);
  fromPolicy(policy).apply(sample, random, { ...extent, count: 4 });
  return sample.stepsOn(extent);
}

const draws = (policy: Policy, count: number) =>
  Array.from({ length: count }, (_, at) => drawn(policy, at));
const named = (name: string) => policies.find((one) => one.name === name)!;

describe.each(policies.map((policy) => [policy.name, policy] as const))("%s", (_, policy) => {
  test("is a pure function of its seed and place", () => {
    expect(drawn(policy, 7)).toEqual(drawn(policy, 7));
    expect(new Set(draws(policy, 50).map(String)).size).toBeGreaterThan(10);
  });

  test("names its paper, and ranges for all that has an argument", () => {
    expect(policy.source).toMatch(/arXiv \d{4}\.\d{5}/);
    for (const name of operationsOf(policy)) {
      expect(operations[name].meaning === "none" || policy.ranges[name] !== undefined).toBe(true);
    }
  });

  test("keeps within the bytes and arguments of engines, for images of any size", () => {
    for (const extent of [size, { height: 1, width: 1 }, { height: 3, width: 50 }]) {
      for (let at = 0; at < 60; at++) {
        const fields = writeOperations(drawn(policy, at, extent).map((step) => [0, step]));
        expect(fields.every((value) => Math.abs(value) <= 65536)).toBe(true);
        const bytes = Uint8Array.from({ length: extent.height * extent.width }, (_, k) => k * 7);
        const made = changed({ bytes, channels: 1, ...extent }, fields);
        expect(made.bytes).toHaveLength(bytes.length);
      }
    }
  });
});

test("trivial draws each of its 14 operations alike: chi squared", () => {
  const policy = named("trivial");
  const counts = new Map<string, number>();
  for (let at = 0; at < 4200; at++) {
    // A move by nothing is told from identity by its sub-policy alone, so levels are left out.
    const chosen = new Random({ seed: 2, purpose: "augment", epoch: 1 }, at).integer(14);
    const name = policy.subPolicies[chosen][0][0];
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const steps = drawn(policy, at);
    expect(steps).toHaveLength(name === "identity" ? 0 : 1);
  }
  const expected = 4200 / 14;
  const chi = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  expect(counts.size).toBe(14);
  // 13 degrees of freedom: beyond 34.5 in one of a thousand cases.
  expect(chi).toBeLessThan(34.5);
});

test("levels reach both ends of a range, moves go both ways", () => {
  const only = (name: OperationName, ranges = named("trivial").ranges): Policy => ({
    ...named("trivial"),
    ranges,
    subPolicies: [[[name, 1]]],
  });
  const found = (name: OperationName, at: number, from?: Policy["ranges"]) => {
    const values = draws(only(name, from), 600).map(([step]) => step[at] as number);
    return [Math.min(...values), Math.max(...values)];
  };
  expect(found("shearX", 2)).toEqual([-0.3, 0.3]);
  expect(found("translateX", 3)).toEqual([-10, 10]);
  expect(found("translateY", 6)).toEqual([-10, 10]);
  expect(found("posterise", 1)).toEqual([4, 8]);
  expect(found("solarise", 1)).toEqual([0, 256]);
  expect(found("colour", 1)).toEqual([0.1, 1.9]);
  const wide = named("trivial-wide").ranges;
  // At least one pixel stays.
  expect(found("translateX", 3, wide)).toEqual([-31, 31]);
  expect(found("posterise", 1, wide)).toEqual([2, 8]);
});

test("levels that change nothing leave every byte", () => {
  const bytes = Uint8Array.from({ length: 192 }, (_, at) => at * 31);
  const image = { bytes, height: 8, width: 8, channels: 3 };
  const still: readonly (readonly [OperationName, number])[] = [
    ...(
      ["shearX", "shearY", "translateX", "translateY", "rotate", "cutout", "identity"] as const
    ).map((name) => [name, 0] as const),
    ...(["contrast", "colour", "brightness", "sharpness"] as const).map(
      (name) => [name, 1] as const,
    ),
    ...([
      ["solarise", 256],
      ["posterise", 8],
    ] as const),
  ];
  for (const [name, argument] of still) {
    const step = operations[name].step(argument, image, [0.5, 0.5]);
    expect(changed(image, writeOperations(step ? [[0, step]] : [])).bytes, name).toEqual(bytes);
  }
  const twice = writeOperations([
    [0, ["invert"]],
    [0, ["invert"]],
  ]);
  expect(changed(image, twice).bytes).toEqual(bytes);
});

test("a step is done as often as its probability says, behind the one before it", () => {
  const policy: Policy = {
    ...named("trivial"),
    subPolicies: [
      [
        ["invert", 0.3],
        ["equalise", 0.8],
      ],
    ],
  };
  const all = draws(policy, 2000);
  const share = (name: string) =>
    all.filter((steps) => steps.some(([one]) => one === name)).length / 2000;
  expect(share("invert")).toBeCloseTo(0.3, 1);
  expect(share("equalise")).toBeCloseTo(0.8, 1);
  expect(all.some((steps) => String(steps) === "invert,equalise")).toBe(true);
  expect(all.some((steps) => String(steps) === "equalise,invert")).toBe(false);
});

test("AugMix's layers have shares that sum to 1", () => {
  for (const steps of draws(named("augmix"), 50)) {
    const shares = steps.filter(([name]) => name === "layer").map(([, share]) => share);
    expect(shares).toHaveLength(4);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 12);
    expect(steps.at(-1)![0]).toBe("layer");
  }
});

test("published policies have 25 pairs, and those that are drawn from 14 or 15 operations", () => {
  const counts = policies.map(({ name, subPolicies }) => [name, subPolicies.length]);
  expect(Object.fromEntries(counts)).toEqual({
    ...{ trivial: 14, "trivial-wide": 14, rand: 14, uniform: 15, augmix: 9 },
    ...{ "auto-cifar10": 25, "auto-svhn": 25, "auto-imagenet": 25 },
  });
});

test("what is left out is drawn no more, and leaves no empty sub-policy", () => {
  const left = without(named("auto-cifar10"), ["autoContrast", "equalise"]);
  expect(operationsOf(left).has("equalise")).toBe(false);
  expect(left.subPolicies.every((steps) => steps.length > 0)).toBe(true);
  expect(left.subPolicies.length).toBeLessThan(25);
  expect(drawn(without(named("trivial"), operationNames), 1)).toEqual([]);
});

describe("as a user names them", () => {
  const folder = mkdtempSync(join(tmpdir(), "policies-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (data: unknown) => {
    const path = join(folder, "own.json");
    writeFileSync(path, typeof data === "string" ? data : JSON.stringify(data));
    return path;
  };

  test("names, numbers and files", () => {
    const path = file({
      draws: 2,
      subPolicies: [
        [
          ["rotate", 0.5, 10],
          ["equalise", 1],
        ],
      ],
    });
    const parsed = parseAugmentations(`trivial, rand=3x12,crop,${path}=1`);
    expect(parsed.map(({ name, strength }) => [name, strength])).toEqual([
      ["trivial", 1],
      ["rand", 3],
      ["crop", 0.125],
      [path, 1],
    ]);
    expect(policiesIn("crop,rand=2x5").map(({ draws, level }) => [draws, level])).toEqual([[2, 5]]);
    expect(withPolicyPaths("crop, a.json ,b.json=2,flip", (name) => `/x/${name}`)).toBe(
      "crop,/x/a.json ,/x/b.json=2,flip",
    );
  });

  test("a file's ranges are the standard ones but for its own", () => {
    const steps = [
      [
        ["rotate", 1],
        ["shearX", 1],
      ],
    ];
    const { ranges } = policyOf({ ranges: { rotate: [0, 5] }, subPolicies: steps }, "own.json");
    expect([ranges.rotate, ranges.shearX]).toEqual([
      [0, 5],
      [0, 0.3],
    ]);
    const wide = policyOf({ ranges: "wide", subPolicies: steps }, "own.json");
    expect(wide.ranges.rotate).toEqual([0, 135]);
  });

  const one = [[["invert", 1]]];
  test.each<[unknown, RegExp]>([
    [
      { subPolicies: [[["rotatte", 1]]] },
      /unknown operation in .*own.json "rotatte" \(did you mean "rotate"\?\); known: identity, shearX/,
    ],
    [{ subPolicies: [[["invert", 2]]] }, /own.json: subPolicies.0.0.1 is 2: expected at most 1/],
    [{ subPolicies: [] }, /own.json: subPolicies is \[\]: expected at least 1/],
    [{}, /own.json: subPolicies is missing: expected a list/],
    [{ subPolicies: one, draw: 2 }, /own.json: unknown field "draw"/],
    [{ subPolicies: one, level: 31 }, /level 31 is beyond the largest one, 30/],
    [{ subPolicies: one, ranges: { spin: [0, 1] } }, /unknown operation in .*own.json "spin"/],
    ["{", /own.json: cannot be read as a policy/],
  ])("refuses %j", (data, message) => {
    expect(() => readPolicy(file(data))).toThrow(message);
  });

  test.each(["0", "17", "2x31", "x", "2.5", ""])("refuses rand=%s", (text) => {
    expect(() => withNumbers(named("rand"), text)).toThrow(/as rand=2x10/);
  });

  test("names policies among what is known", () => {
    expect(() => parseAugmentations("trivail")).toThrow(/did you mean "trivial"/);
  });
});
