// Blocks, segments and plans of training graphs whose shape is known.

import { describe, expect, it } from "vitest";
import { classify } from "../../../test/support/questions.js";
import { createModel } from "../../models/index.js";
import { trainingGraph } from "../../tasks/index.js";
import { bytes } from "../cost.js";
import { blocksOf, halvable, wayBack } from "./blocks.js";
import { Planner } from "./planner.js";
import { segmentsOf } from "./segments.js";

const input = { channels: 3, height: 32, width: 32, outputs: 10 };
const graphOf = (name: string) => trainingGraph(classify(createModel(name, input)), 2).graph;
const residual = graphOf("resnet20");

describe("blocks", () => {
  it("are the residual blocks of a residual net", () => {
    const blocks = blocksOf(residual);
    const convolutions = blocks
      .map(({ nodes }) => nodes.filter(({ op }) => op.name === "conv2d").length)
      .filter((count) => count > 0);
    expect(convolutions).toEqual([1, ...new Array(9).fill(2)]);
  });

  it("hold every node of the forward pass once, and all but the last lead on by one value", () => {
    const blocks = blocksOf(residual);
    const nodes = blocks.flatMap((block) => block.nodes);
    expect(new Set(nodes).size).toBe(nodes.length);
    expect(blocks.map(({ border }) => border !== undefined)).toEqual(
      blocks.map((_, at) => at < blocks.length - 1),
    );
  });
});

it("batch statistics have to be kept, images need not", () => {
  const { saved, early } = wayBack(residual);
  const ranks = (values: Iterable<{ shape: readonly number[] }>) =>
    new Set([...values].map(({ shape }) => shape.length));
  expect(ranks(early)).toEqual(new Set([1]));
  const images = [...saved].filter(({ shape }) => shape.length === 4);
  const halved = halvable(residual, new Set());
  expect(images.every((value) => halved.has(value))).toBe(true);
});

describe("segments", () => {
  it("leave the last one, and every border, as they are", () => {
    const blocks = blocksOf(residual);
    const recomputed = segmentsOf(residual, 3);
    const last = blocks[blocks.length - 1].nodes.flatMap(({ outputs }) => outputs);
    expect(last.some((value) => recomputed.has(value))).toBe(false);
    const kept = blocks.filter(({ border }) => border && !recomputed.has(border));
    expect(kept.length).toBeGreaterThanOrEqual(2);
  });

  it("one segment recomputes nothing", () => {
    expect(segmentsOf(residual, 1).size).toBe(0);
  });

  it.each([0, 1.5, 10_000])("%d segments are refused", (count) => {
    expect(() => segmentsOf(residual, count)).toThrow(/segments: this net has \d+ places/);
  });
});

describe.each(["resnet20", "vgg11", "mobilenetv2", "lenet5"])("plans for %s", (name) => {
  const planner = new Planner(graphOf(name));

  it("recompute nothing where everything fits", () => {
    expect(planner.plan(planner.plainBytes)).toMatchObject({ seconds: 0 });
  });

  it("cost the more, the less may be kept", () => {
    const shares = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
    const costs = shares
      .map((share) => planner.plan(share * planner.plainBytes)?.seconds)
      .filter((seconds) => seconds !== undefined);
    expect(costs).toEqual([...costs].sort((a, b) => a - b));
  });

  it("are refused where not even one value has room", () => {
    const graph = graphOf(name);
    const largest = Math.max(...[...wayBack(graph).saved].map(bytes));
    expect(planner.plan(largest)).toBeUndefined();
  });
});
