import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stripeSplits, temporaryFolder, tinyModel, trainTiny } from "../../test/support/tinyRun.js";
import type { Model, ModelInput } from "../models/index.js";
import { type NameMap, nameMaps } from "../models/nameMaps/index.js";
import { build, initialise } from "../nn/index.js";
import { runFiles } from "../runs/runFiles.js";
import { hostTensor } from "../tensor/host.js";
import { writeSafetensors } from "../tensor/safetensors.js";
import { sizeOf } from "../tensor/shape.js";
import type { TrainEvent } from "./events.js";
import { firstWeights, startFrom } from "./start.js";
import { type NetInfo, readWeights, tensorsOf, type Weights } from "./weights.js";

const input = { channels: 1, height: 6, width: 6, outputs: 3 };
const names = ["top", "middle", "bottom"];
const netOf = (count: number) => {
  const { layer } = tinyModel({ ...input, outputs: count });
  return build(layer, [1, 1, 6, 6], { training: false });
};

/** Weights of the tiny net, every number its place. */
function tinyWeights(of: readonly string[] = names): Weights {
  const { layout } = netOf(of.length);
  const values = Float32Array.from({ length: layout.length }, (_, at) => at);
  const info: NetInfo = {
    ...{
      model: "tiny",
      task: "classify",
      names: of,
      constants: {},
      fit: "crop",
      mean: [90],
      std: [50],
    },
    input: [1, 6, 6],
  };
  return { info, tensors: new Map(tensorsOf(layout, values)) };
}

const wanted = { create: tinyModel, input, names };

test("with the same classes every parameter is taken", () => {
  const net = netOf(3);
  const values = firstWeights(net, 1, 0, startFrom(tinyWeights(), wanted, "a"));
  expect([...values]).toEqual(Array.from({ length: net.layout.length }, (_, at) => at));
});

test.each([
  ["more", ["a", "b", "c", "d"]],
  ["as many", ["a", "b", "c"]],
])("with %s other classes the last layer is new, and it alone", (_, others) => {
  const net = netOf(3);
  const start = startFrom(tinyWeights(others), wanted, "a");
  expect([...start.keys()].some((name) => name.startsWith("fc."))).toBe(false);
  const [values, random] = [firstWeights(net, 1, 0, start), initialise(net, 1, 0)];
  for (const { name, offset } of net.layout.params) {
    const head = name.startsWith("fc.");
    expect(values[offset + 1] === random[offset + 1], name).toBe(head);
  }
});

describe("weights that do not fit are refused with what was found and expected", () => {
  const without = (name: string): Weights => {
    const { info, tensors } = tinyWeights();
    return { info, tensors: new Map([...tensors].filter(([own]) => own !== name)) };
  };
  const other = tinyWeights();

  test.each<[Weights, RegExp]>([
    [
      { ...other, info: { ...other.info, model: "resnet20" } },
      /a holds weights of the model resnet20, the run trains tiny; choose/,
    ],
    [
      { ...other, info: { ...other.info, input: [3, 6, 6] } },
      /a is for images of 3 channels; the data have 1; .*--channels 3$/,
    ],
    [without("conv.weight"), /"conv.weight" of \[4, 1, 3, 3\], the file has no such tensor/],
    [
      { ...other, tensors: new Map([...other.tensors, ["more", hostTensor("f32", [1])]]) },
      /the file has a tensor "more", the model has none/,
    ],
  ])("%#", (weights, message) => {
    expect(() => startFrom(weights, wanted, "a")).toThrow(message);
  });
});

test("a run takes weights, normalisation included, and is resumed without their file", async () => {
  const [first, whole, broken] = [1, 2, 3].map(() => join(temporaryFolder(), "run"));
  await trainTiny({ out: first, epochs: 1 });
  const pretrained = join(first, runFiles.last);
  const crash = (event: TrainEvent) => {
    if (event.type === "step" && event.step === 2) throw new Error("crash");
  };
  // Nor does the model look at images again, neither at first nor later.
  const model = (asked: ModelInput): Model => ({
    ...tinyModel(asked),
    imageWeights: () => expect.unreachable(),
  });
  const own = { data: { ...stripeSplits(), train: stripeSplits().test! }, model };
  await trainTiny({ out: whole, pretrained, epochs: 2 }, own);
  const crashed = trainTiny({ out: broken, pretrained, epochs: 2 }, { ...own, listeners: [crash] });
  await expect(crashed).rejects.toThrow("crash");
  rmSync(pretrained);
  await trainTiny({ out: broken }, { ...own, resume: true });
  const bytes = (run: string) => readFileSync(join(run, runFiles.last));
  expect(bytes(broken).equals(bytes(whole))).toBe(true);
  const meanOf = (run: string) =>
    JSON.parse(`${readFileSync(join(run, runFiles.config))}`).net.mean;
  expect(meanOf(whole)).toEqual(meanOf(first));
});

test("weights that cannot be read end a run before its folder is made", async () => {
  const out = join(temporaryFolder(), "run");
  await expect(trainTiny({ out, pretrained: "no-such-file" })).rejects.toThrow(/no-such-file/);
  expect(existsSync(out)).toBe(false);
});

describe("a map of names", () => {
  const map: NameMap = {
    name: "theirs",
    source: "for tests",
    model: "tiny",
    tensors: { "conv.weight": "features.0.kernel" },
    images: { input: [2, 6, 6], mean: [1, 2], std: [1, 1] },
    blueFirst: "conv.weight",
    classes: ["a", "b"],
  };
  const file = (name: string) => {
    const path = join(temporaryFolder(), "b.safetensors");
    const kernel = hostTensor("f32", [2, 2, 1, 2], Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    writeFileSync(path, writeSafetensors([[name, kernel]]));
    return path;
  };

  test("gives the model's names, the images' statistics, and red first", async () => {
    const { info, tensors } = await readWeights(file("features.0.kernel"), [map]);
    const asked = { task: "classify", names: ["a", "b"], constants: {} };
    expect(info).toEqual({ model: "tiny", ...asked, ...map.images, fit: "crop" });
    expect([...tensors.keys()]).toEqual(["conv.weight"]);
    expect([...tensors.get("conv.weight")!.data]).toEqual([2, 3, 0, 1, 6, 7, 4, 5]);
  });

  test("is not taken for a file with other names", async () => {
    await expect(readWeights(file("features.1.kernel"), [map])).rejects.toThrow(
      /the names of the tensors are not those of a known map/,
    );
  });

  test("no two maps know the same names of one model", () => {
    const keys = nameMaps.map(({ model, tensors }) =>
      [model, ...Object.values(tensors).sort()].join(),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("weights that a model makes of training images", () => {
  /** The tiny net, whose first filter begins as the first pixels that it was given. */
  const seeing = (given: string, shape: number[]) => (asked: ModelInput) => {
    const model: Model = {
      ...tinyModel(asked),
      imageWeights(images) {
        const pixels = images[0].slice(0, sizeOf(shape));
        return new Map([[given, hostTensor("f32", shape, pixels)]]);
      },
    };
    return model;
  };

  test("are where a net begins, and every net of a swarm", async () => {
    const begun: Float32Array[] = [];
    for (const swarm of [undefined, "local-sgd"]) {
      const out = join(temporaryFolder(), "run");
      const own = { model: seeing("conv.weight", [4, 1, 3, 3]) };
      // A rate of next to nothing leaves the weights where they were.
      await trainTiny(
        { out, steps: 1, lr: 1e-30, decay: 0, ...(swarm && { swarm, particles: 2 }) },
        own,
      );
      const { tensors } = await readWeights(join(out, runFiles.last));
      begun.push(tensors.get("conv.weight")!.data as Float32Array);
    }
    // The images are normalised: no random weights are as large as they.
    expect(Math.max(...begun[0].map(Math.abs))).toBeGreaterThan(0.9);
    expect(begun[1]).toEqual(begun[0]);
  });

  test.each([
    ["other", [4, 1, 3, 3], /imageWeights gave "other" of \[4, 1, 3, 3\]; the net has no such/],
    [
      "conv.weight",
      [4, 1, 3],
      /gave "conv.weight" of \[4, 1, 3\]; the net has it of \[4, 1, 3, 3\]/,
    ],
  ])("are refused where they do not fit: %s", async (given, shape, message) => {
    const out = join(temporaryFolder(), "run");
    const own = { model: seeing(given, shape) };
    await expect(trainTiny({ out, steps: 1 }, own)).rejects.toThrow(message);
  });
});
