import { join } from "node:path";
import { expect, test } from "vitest";
import { stripeSplits, temporaryFolder } from "../../test/support/tinyRun.js";
import { subset } from "../data/index.js";
import { evaluateGroups, openTrained, train } from "./index.js";

async function trained() {
  const data = stripeSplits();
  const out = join(temporaryFolder(), "run");
  const settings = { data: "tiny", model: "convnet-gn", size: 32, batch: 8, threads: 1, steps: 2 };
  await train({ ...settings, selection: 0.2, out }, { data });
  return { net: await openTrained(out, { threads: 1 }), test: data.test };
}

test("each group is evaluated by itself, in the order of the names", async () => {
  const { net, test } = await trained();
  const groups = Int32Array.from({ length: test.length }, (_, at) => (at % 5 === 0 ? 1 : 0));
  const found = await evaluateGroups(net, { ...test, groups, groupNames: ["reef 10", "reef 2"] });
  const own = [...groups.keys()].filter((at) => groups[at] === 1);
  const alone = await net.evaluate(subset(test, own));
  const all = await net.evaluate(test);
  const unnamed = await evaluateGroups(net, { ...test, groups });
  await net.close();
  expect(found.map(({ name, images }) => [name, images])).toEqual([
    ["reef 2", own.length],
    ["reef 10", test.length - own.length],
  ]);
  expect(found[0].metrics).toEqual(alone.metrics);
  const right = found.reduce((sum, { images, metrics }) => sum + images * metrics.accuracy, 0);
  expect(right).toBeCloseTo(test.length * all.metrics.accuracy, 6);
  expect(unnamed.map(({ name }) => name)).toEqual(["0", "1"]);
});

test("data without groups are refused", async () => {
  const { net, test } = await trained();
  await expect(evaluateGroups(net, test)).rejects.toThrow(/does not say what its images belong to/);
  await net.close();
});
