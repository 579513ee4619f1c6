// Shares of channels that are found by trying.

import { describe, expect, test } from "vitest";
import { graphMacs } from "../../graph/index.js";
import { createModel } from "../../models/index.js";
import { initialise, netOf } from "../../nn/index.js";
import { type Removed, withoutChannels } from "../channels/index.js";
import { chooseChannels } from "./choose.js";
import { filters } from "./filters.js";
import { greedyChannels } from "./greedy.js";

const model = createModel("lenet5", { channels: 1, height: 28, width: 28, outputs: 10 });
const net = netOf(model, 1, { training: false });
const whole = { net, w: initialise(net, 1) };
const macs = graphMacs(net.graph);
const leftBy = (removed: Removed) => graphMacs(withoutChannels(whole, removed).net.graph) / macs;
const gone = (removed: Removed, name: string) => removed[`${name}.weight`]?.length ?? 0;

describe.each([0.8, 0.5, 0.2])("%d of the multiply-adds", (left) => {
  test("are left, and little less", async () => {
    const lossOf = async (removed: Removed) =>
      Object.values(removed).reduce((sum, { length }) => sum + length, 0);
    const share = leftBy(await greedyChannels(whole, filters, left, lossOf));
    expect(share).toBeLessThanOrEqual(left);
    expect(share).toBeGreaterThan(left - 0.15);
  });
});

test("a layer that the loss rises with keeps its channels", async () => {
  const lossOf = async (removed: Removed) => gone(removed, "conv2") ** 2;
  const removed = await greedyChannels(whole, filters, 0.5, lossOf);
  expect(gone(removed, "conv2")).toBe(0);
  expect(gone(removed, "conv1")).toBeGreaterThan(0);
});

test("of each layer those go that the score ranks lowest, and one stays", async () => {
  const removed = await greedyChannels(whole, filters, 0.2, async () => 0);
  const sizes = { conv1: 6, conv2: 16, fc1: 120, fc2: 84 };
  for (const [name, size] of Object.entries(sizes)) {
    const count = gone(removed, name);
    expect(count).toBeLessThan(size);
    if (count === 0) continue;
    const lowest = chooseChannels(whole, filters, count / size);
    expect(removed[`${name}.weight`]).toEqual(lowest[`${name}.weight`]);
  }
});

test("a share that is none or too small is refused", async () => {
  const choose = (left: number) => greedyChannels(whole, filters, left, async () => 0);
  await expect(choose(1)).rejects.toThrow(
    "prune filters: expected a share of the multiply-adds above 0 and below 1, found 1",
  );
  await expect(choose(0.001)).rejects.toThrow(
    /0\.10 % of the multiply-adds is too little; about \d+\.\d\d % is left/,
  );
});
