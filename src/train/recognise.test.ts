import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { hollowFile, shapesOf } from "../../test/support/foreignFile.js";
import { formulaTensor } from "../../test/support/formulaWeights.js";
import { createModel, type ModelInput, nameMaps } from "../models/index.js";
import { initialise, netOf } from "../nn/index.js";
import { type HostTensor, hostTensor } from "../tensor/host.js";
import { readSafetensors, writeSafetensors } from "../tensor/safetensors.js";
import { translate } from "./foreignWeights.js";
import { findMap, unknownArchitecture, usedTensors } from "./recognise.js";
import { firstWeights, startFrom } from "./start.js";
import { readWeights } from "./weights.js";

const mapOf = (model: string, source: RegExp) =>
  nameMaps.find((map) => map.model === model && source.test(map.source))!;
const shufflenet = mapOf("shufflenetv2-0.5", /torchvision/);

describe("a file is known by its names and shapes", () => {
  test.each(nameMaps.map((map) => [`${map.name} of ${map.source}`, map] as const))(
    "%s",
    (_, map) => {
      expect(findMap(hollowFile(map), nameMaps)).toBe(map);
    },
  );

  test("axes of length 1 do not matter, others do", () => {
    const map = mapOf("convnext-atto", /timm/);
    const file = hollowFile(map);
    const [name, tensor] = [...file].find(([own]) => own.endsWith("mlp.fc1.weight"))!;
    const [out, channels] = tensor.shape;
    file.set(name, { ...tensor, shape: [out, channels] });
    expect(findMap(file, nameMaps)).toBe(map);
    file.set(name, { ...tensor, shape: [channels, out] });
    expect(findMap(file, nameMaps)).toBeUndefined();
  });

  test("the last layer may have other classes, or be missing as a whole", () => {
    expect(findMap(hollowFile(shufflenet, 7), nameMaps)).toBe(shufflenet);
    const file = hollowFile(shufflenet);
    file.delete("fc.bias");
    expect(findMap(file, nameMaps)).toBeUndefined();
    file.delete("fc.weight");
    expect(findMap(file, nameMaps)).toBe(shufflenet);
  });
});

test("counts of batches in 64 bits are left out, and nothing else of whole numbers", () => {
  const header = `{"bn.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"bn.order":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}}`;
  const bytes = new Uint8Array(8 + header.length + 16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  expect([...usedTensors(readSafetensors(bytes).tensors).keys()]).toEqual(["bn.order"]);
});

describe("a file of no known architecture", () => {
  const messageFor = (file: ReadonlyMap<string, HostTensor>) =>
    unknownArchitecture(file, nameMaps, "a.safetensors").message;

  test("is told the nearest one and the first names that differ", () => {
    const file = hollowFile(shufflenet);
    const tensor = file.get("conv5.0.weight")!;
    file.delete("conv5.0.weight");
    file.set("conv6.0.weight", tensor);
    expect(messageFor(file)).toBe(
      "a.safetensors, byte 8: the names of the tensors are not those of a known map; " +
        'the nearest is shufflenetv2-0.5 of torchvision: "conv5.0.weight" is missing; "conv6.0.weight" is not among its ' +
        "tensors",
    );
  });

  test("is told the first shapes that differ where the names are known", () => {
    const file = hollowFile(mapOf("resnet50", /torchvision/));
    // As in wide_resnet50_2.
    for (const [name, { dtype, shape, data }] of file) {
      if (/layer1\.0\.(conv[12]|bn1)/.test(name)) {
        file.set(name, { dtype, shape: [128, ...shape.slice(1)], data });
      }
    }
    expect(messageFor(file)).toMatch(
      /the shapes .*nearest is resnet50 of torchvision and timm: "layer1.0.conv1.weight" is \[128, 64, 1, 1\], not \[64, 64, 1, 1\]; .*; and 3 more$/,
    );
  });

  test("is told its own names where it has none of a known one", () => {
    const file = new Map([["encoder.weight", hostTensor("f32", [1])]]);
    expect(messageFor(file)).toMatch(
      /none has one of its names, which begin with "encoder.weight"$/,
    );
  });
});

describe("a file of PyTorch", () => {
  const classes = 7;
  const folder = mkdtempSync(join(tmpdir(), "convoy-theirs-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "theirs.safetensors");
  const floats = shapesOf(shufflenet, classes).map(
    ([name, shape]) => [name, formulaTensor(name, shape)] as const,
  );
  const counts = floats
    .filter(([name]) => name.endsWith("running_mean"))
    .map(
      ([name]) =>
        [
          name.replace("running_mean", "num_batches_tracked"),
          hostTensor("i32", [], Int32Array.of(5)),
        ] as const,
    );
  writeFileSync(path, writeSafetensors([...floats, ...counts], { format: "pt" }));

  const wantedOf = (outputs: number) => ({
    create: (input: ModelInput) => createModel("shufflenetv2-0.5", input),
    input: { channels: 3, height: 32, width: 32, outputs },
    names: Array.from({ length: outputs }, (_, at) => `class ${at}`),
  });

  test("is read without its counts of batches, its classes numbered", async () => {
    const { info, tensors } = await readWeights(path);
    expect(info.model).toBe("shufflenetv2-0.5");
    expect(info.names).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
    expect(info.mean[0]).toBeCloseTo(123.675, 6);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(shufflenet.tensors).sort());
  });

  test.each([3, 7])("starts a run of %d other classes with a new last layer", async (outputs) => {
    const wanted = wantedOf(outputs);
    const start = startFrom(await readWeights(path), wanted, path);
    const net = netOf(wanted.create(wanted.input), 1, { training: false });
    const [values, random] = [firstWeights(net, 1, 0, start), initialise(net, 1, 0)];
    for (const { name, offset, shape } of net.layout.params) {
      const last = offset + shape.reduce((size, side) => size * side, 1) - 1;
      const theirs = formulaTensor(shufflenet.tensors[name], shape).data;
      const expected = name.startsWith("fc.") ? random[last] : theirs[theirs.length - 1];
      expect(values[last], name).toBe(expected);
    }
  });

  test("with another epsilon of batch normalisation has its variances moved by the difference", () => {
    const map = { ...shufflenet, batchNormEps: 1e-3 };
    const { tensors } = translate(map, new Map(floats), path);
    const [before, after] = ["conv1.1.running_var", "stem.bn.variance"];
    const original = new Map(floats).get(before)!.data;
    expect(tensors.get(after)!.data[3]).toBeCloseTo(original[3] + 0.99e-3, 7);
    expect(tensors.get("stem.bn.mean")!.data).toEqual(
      new Map(floats).get("conv1.1.running_mean")!.data,
    );
  });
});
