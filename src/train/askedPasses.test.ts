// What given weights cannot become.

import { expect, test } from "vitest";
import type { PassRecord } from "../compress/passes/index.js";
import { createModel } from "../models/index.js";
import { passesOf } from "./askedPasses.js";
import { parseConfig } from "./config.js";

const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
const source = "runs/a";
const shared: PassRecord[] = [{ pass: "share", centroids: { "conv1.weight": 16 } }];

test.each([{ prune: "magnitude=0.5" }, { quantise: "lsq:w8a8" }, { structure: "t-vmf" }])(
  "weights that are numbers of a table become no others: %j",
  (asked) => {
    const config = parseConfig({ data: "mnist", ...asked });
    expect(() => passesOf(model, config, { passes: shared, weights: true, source })).toThrow(
      "weights of runs/a are numbers of a table (pass share)",
    );
  },
);

test("plain filters are no shares of waves", () => {
  const config = parseConfig({ data: "mnist", structure: "harmonic,t-vmf" });
  expect(() => passesOf(model, config, { passes: [], weights: true, source })).toThrow(
    "setting structure is harmonic,t-vmf: weights of runs/a are filters",
  );
  const fresh = passesOf(model, config, { passes: [], weights: false, source });
  const again = passesOf(model, config, { passes: fresh, weights: true, source });
  expect(again).toEqual(fresh);
  expect(fresh.map(({ pass }) => pass)).toEqual(["harmonic", "t-vmf"]);
});
