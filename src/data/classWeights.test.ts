import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../../test/fixtures/data.js";
import { balancedWeights, readClassWeights } from "./classWeights.js";
import type { Labels } from "./labels.js";
import { ragged } from "./ragged.js";

const labels: Labels = {
  kind: "class",
  of: Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1),
  classes: ["cat", "dog", "eel"],
};

test("balanced weights are n / (classes * count); of tags absent / present", () => {
  expect(balancedWeights(labels)).toEqual([8 / 12, 2, 1]);
  const tags: Labels = {
    kind: "tags",
    of: Uint8Array.of(1, 0, 0, 0, 0, 1, 0, 2),
    classes: ["a", "b"],
  };
  expect(balancedWeights(tags)).toEqual([3, 2]);
  const mask: Labels = {
    kind: "mask",
    of: ragged(new Uint8Array(0), [[0, 0, 0, 1, 255]]),
    classes: ["a", "b"],
  };
  expect(balancedWeights(mask)).toEqual([4 / 6, 2]);
  const values: Labels = { kind: "values", of: Float32Array.of(1), names: ["x"] };
  expect(() => balancedWeights(values)).toThrow(/only classes and tags/);
});

async function file(text: string): Promise<string> {
  const path = join(await scratchFolder(), "weights.csv");
  await writeFile(path, text);
  return path;
}

test("reads weights by name, in any order", async () => {
  const path = await file("class,weight\neel,0.5\ncat,1\ndog,3\n");
  expect(await readClassWeights(path, labels)).toEqual([1, 3, 0.5]);
});

test.each([
  [
    "a class that there is not",
    "class,weight\nbat,1\n",
    /line 2: there is no class "bat" \(did you mean "cat"\?\)/,
  ],
  ["a class given twice", "class,weight\ncat,1\ncat,2\n", /line 3 names "cat" again/],
  ["a class that is missing", "class,weight\ncat,1\ndog,2\n", /no line gives the weight of "eel"/],
  ["a weight of 0", "class,weight\ncat,0\n", /line 2: weight "0"; expected a positive/],
  ["a weight beyond 32 bits", "class,weight\ncat,1e39\n", /line 2: weight "1e39"/],
  ["no weight", "class,weight\ncat,\n", /line 2: weight ""/],
])("refuses %s", async (_, text, message) => {
  await expect(readClassWeights(await file(text), labels)).rejects.toThrow(message);
});

test("says that a word is no file", async () => {
  await expect(readClassWeights("balnced", labels)).rejects.toThrow(
    /"balnced" is not balanced, and no file of weights/,
  );
});
