// Models with the weights of other libraries: names and shapes of their tensors find the architecture, and it gives the
// logits that torchvision and timm give. The weights are made by a formula on both sides.

import { describe, expect, test } from "vitest";
import { nameMaps } from "../../src/models/index.js";
import { useWeights } from "../../src/runs/openWeights.js";
import type { Shape } from "../../src/tensor/shape.js";
import { translate } from "../../src/train/foreignWeights.js";
import { findMap } from "../../src/train/recognise.js";
import { formulaImage, formulaTensor } from "../support/formulaWeights.js";
import { goldenCases } from "../support/golden.js";

interface Backbone {
  readonly library: string;
  readonly model: string;
  readonly size: number;
  readonly tensors: readonly (readonly [string, Shape])[];
  readonly logits: readonly number[];
}

const cases = goldenCases<Backbone>("backbones.json.gz").map(
  (one) => [`${one.library} ${one.model}`, one] as const,
);

/** Largest difference of a logit, by the largest logit: ten times what is found, and less than a wrong epsilon makes. */
const TOLERANCE = 1e-5;

describe.skipIf(cases.length === 0)("backbones (../shared/golden/backbones.json.gz)", () => {
  test("are 18", () => expect(cases).toHaveLength(18));

  test.each(cases)("%s: the 1,000 logits", async (name, { size, tensors, logits }) => {
    const file = new Map(tensors.map(([own, shape]) => [own, formulaTensor(own, shape)]));
    const map = findMap(file, nameMaps);
    expect(map).toBeDefined();
    const weights = translate(map!, file, name);
    const net = await useWeights(weights, name, { input: [3, size, size] });
    const found = await net.logits(formulaImage(size));
    await net.close();
    const largest = Math.max(...logits.map(Math.abs));
    const worst = Math.max(...logits.map((logit, at) => Math.abs(logit - found[at])));
    expect(found).toHaveLength(logits.length);
    expect(worst / largest).toBeLessThan(TOLERANCE);
  });
});
