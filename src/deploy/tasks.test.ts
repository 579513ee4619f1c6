// Nets of every task in onnxruntime, and what bundles say of their numbers beside what the tasks say.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { datasetOf, modelOf, taskCases, variantCases } from "../../test/conformance/taskCases.js";
import { noise } from "../../test/support/layers.js";
import { livelyWeights } from "../../test/support/livelyWeights.js";
import { besideOnnx } from "../../test/support/onnxRun.js";
import { createEngine, type Engine } from "../engine/index.js";
import { netOf } from "../nn/index.js";
import { sizeOfInput } from "../tasks/index.js";
import { decode } from "./bundle/decode.js";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ engine: "reference" });
});
afterAll(() => engine.close());

const IMAGES = 5;
/** Tasks whose predictions bundles give as numbers. */
const NUMBERS = ["pieces"];

/** What a prediction says, without what bundles do not say. */
function comparable({
  confidence,
  second,
  symbols,
  rejected,
  mask,
  text,
  ...rest
}: Readonly<Record<string, unknown>>) {
  return rest;
}

const cases = [...taskCases, ...variantCases].map((one) => {
  const title = "title" in one ? String(one.title) : one.task.name;
  return [title, one] as const;
});

describe.each(cases)("%s", (_, one) => {
  const { task } = one;
  const { labels } = datasetOf(one, 12, 1);
  const names = task.outputs(labels, 1);
  const constants = task.constants?.(labels) ?? {};
  const model = modelOf(one, names.length);

  test("says in onnxruntime what it says here, and a bundle says it in its words", async () => {
    const { layout, output } = netOf(model, 1, { training: false });
    const pixels = model.input[1] * model.input[2];
    const options = { name: "tiny", output: task.name };
    const images = noise(IMAGES * pixels);
    const found = await besideOnnx(engine, model, livelyWeights(layout), images, options);
    expect(found.difference).toBeLessThan(1e-4);
    expect(found.freeBatch).toBe(true);
    if (NUMBERS.includes(task.name)) return;
    const shape = output.shape.slice(1);
    const size = sizeOfInput(model);
    const said = task.decode(found.own, { names, constants, shape, size });
    const info = {
      model: "tiny",
      task: task.name,
      names,
      constants,
      input: model.input,
      fit: "crop",
    };
    const length = found.own.length / IMAGES;
    for (const [at, prediction] of said.entries()) {
      const own = found.own.subarray(at * length, (at + 1) * length);
      const back = (x: number, y: number) => [x, y] as const;
      const words = decode({ output: own, shape, info, back });
      expect(JSON.parse(JSON.stringify(comparable(words)), rounded)).toEqual(
        JSON.parse(JSON.stringify(comparable(prediction)), rounded),
      );
    }
  });
});

/** Numbers to five places. */
const rounded = (_: string, value: unknown) =>
  typeof value === "number" ? Number(value.toFixed(5)) + 0 : value;
