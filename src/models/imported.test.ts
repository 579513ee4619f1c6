import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noise } from "../../test/support/layers.js";
import { onnxBytes, smallOnnx } from "../../test/support/onnxNet.js";
import { referenceEngine } from "../engine/reference/index.js";
import { WEIGHTS } from "../graph/index.js";
import { InputError } from "../inputError.js";
import { IMAGES, initialise, linear, netOf } from "../nn/index.js";
import { writeTensor } from "../tensor/onnx/elements.js";
import type { ModelProto, NodeProto } from "../tensor/onnx/schema.js";
import { createModel, importedFamily, paced, withHead } from "./index.js";

const small = () => importedFamily(onnxBytes(smallOnnx()), "nets/small.onnx");

/** What the file's net gives for a batch. */
async function run(batch: number, x: Float32Array): Promise<number[]> {
  const family = small();
  const model = createModel(family.name, family.published, [family]);
  const net = netOf(model, batch, { training: false });
  net.graph.output("y", net.output);
  const engine = referenceEngine();
  const w = engine.vector(net.layout.length);
  await w.write(initialise(net, 1));
  const program = await engine.compile(net.graph);
  const { y } = await program.run({ vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: x } });
  return [...y];
}

test("initialisers become parameters of their kinds, and the softmax is left to the loss", () => {
  const family = small();
  expect(family).toMatchObject({
    name: "onnx:small",
    published: { channels: 1, height: 6, width: 6, outputs: 3 },
  });
  const { layer } = createModel(family.name, family.published, [family]);
  const net = netOf({ layer, input: [1, 6, 6] }, 2, { training: false });
  expect(net.layout.params.map(({ name, kind }) => [name, kind])).toEqual([
    ["conv.weight", "weight"],
    ["bn.scale", "scale"],
    ["bn.shift", "shift"],
    ["fc.weight", "weight"],
    ["fc.bias", "bias"],
    ["bn.mean", "statistic"],
    ["bn.variance", "statistic"],
  ]);
  expect(net.graph.nodes.some(({ op }) => op.name === "exp")).toBe(false);
});

test("what images are brought to the net's numbers by is not trained", () => {
  const model = smallOnnx();
  const { node: [conv, ...others] = [], initializer = [] } = model.graph!;
  const prepare = { op_type: "Sub", input: ["x", "mean"], output: ["n"] };
  const node = [prepare, { ...conv, input: ["n", "conv.weight"] }, ...others];
  const mean = writeTensor("mean", "f32", [1, 1, 1, 1], [128]);
  const graph = { ...model.graph, node, initializer: [...initializer, mean] };
  const family = importedFamily(onnxBytes({ ...model, graph }), "small.onnx");
  const { layout } = netOf(createModel(family.name, family.published, [family]), 1, {
    training: false,
  });
  expect(layout.params.find(({ name }) => name === "mean")?.kind).toBe("statistic");
});

test("a file that fixes its batch takes others, image by image the same", async () => {
  const x = noise(3 * 36);
  const each = [0, 1, 2].map((at) => run(1, x.subarray(at * 36, (at + 1) * 36)));
  const alone = (await Promise.all(each)).flat();
  const together = await run(3, x);
  expect(together).toHaveLength(9);
  for (const [at, value] of together.entries()) expect(value).toBeCloseTo(alone[at], 5);
});

test("in training it has the statistics of the batch, and follows them", () => {
  const family = small();
  const { layer } = createModel(family.name, family.published, [family]);
  const net = netOf({ layer, input: [1, 6, 6] }, 4, { training: true });
  const written = net.graph.nodes.filter(({ op }) => op.name === "write");
  const places = net.layout.params.filter(({ kind }) => kind === "statistic");
  expect(written.map(({ attrs }) => attrs.offset)).toEqual(places.map(({ offset }) => offset));
});

test("other outputs make a new last layer, and leave the rest", () => {
  const family = small();
  const [own, other] = [3, 7].map((outputs) => {
    const { layer } = createModel(family.name, { ...family.published, outputs }, [family]);
    return netOf({ layer, input: [1, 6, 6] }, 2, { training: false });
  });
  expect(other.output.shape).toEqual([2, 7]);
  const shapes = new Map(other.layout.params.map(({ name, shape }) => [name, shape]));
  const changed = own.layout.params.filter(
    ({ name, shape }) => String(shape) !== String(shapes.get(name)),
  );
  expect(changed.map(({ name }) => name)).toEqual(["fc.weight", "fc.bias"]);
  const first = initialise(other, 1);
  const { offset } = other.layout.params.find(({ name }) => name === "fc.weight")!;
  expect(first.subarray(offset, offset + 5).some((number) => number !== 0)).toBe(true);
});

test("what stands before the last layer is a body, which another head fits on and which can be frozen", () => {
  const family = small();
  const model = createModel(family.name, family.published, [family]);
  const other = withHead(model, (x, scope) => scope.apply("other", linear(5), x), 5);
  const { layout } = netOf(other, 2, { training: false });
  expect(layout.params.map(({ name }) => name)).toEqual([
    ...["conv.weight", "bn.scale", "bn.shift", "other.weight", "other.bias"],
    ...["bn.mean", "bn.variance"],
  ]);
  const frozen = netOf(paced(model, { body: 0 }), 4, { training: true });
  expect(frozen.layout.trainable).toBe(3 * 64 + 3);
  expect(frozen.graph.nodes.some(({ op }) => op.name === "write")).toBe(false);
});

describe("refuses", () => {
  const changed = (change: (graph: NonNullable<ModelProto["graph"]>) => object): ModelProto => {
    const model = smallOnnx();
    return { ...model, graph: { ...model.graph, ...change(model.graph!) } };
  };
  const withNode = (node: NodeProto) => changed(({ node: nodes }) => ({ node: [...nodes!, node] }));

  test.each([
    [{ ...smallOnnx(), graph: undefined }, "it has no graph"],
    [
      { ...smallOnnx(), opset_import: [{ version: 5 }] },
      "operators of version 5; expected opset 6 to 28",
    ],
    [withNode({ op_type: "Ne\u001b[2Jw", input: [], output: [] }), "without a counterpart: Ne"],
    [withNode({ op_type: "Gelu", domain: "com.microsoft" }), "com.microsoft.Gelu"],
    [changed(({ input }) => ({ input: [...input!, ...input!] })), "expected one input"],
    [changed(({ node }) => ({ node: node!.slice(1) })), 'takes "c", which nothing gives'],
    [
      changed(() => ({ output: [{ name: "none", type: smallOnnx().graph!.output![0].type }] })),
      "nothing gives",
    ],
    [
      changed(({ initializer }) => ({
        initializer: initializer!.map((one) => (one.name === "flat" ? { ...one, dims: [3] } : one)),
      })),
      'tensor "flat"',
    ],
  ] as const)("%#", (model, message) => {
    const build = () => importedFamily(onnxBytes(model as ModelProto), "small.onnx");
    expect(build).toThrow(InputError);
    expect(build).toThrow(message);
  });

  test("images that the file was not made for", () => {
    const family = small();
    const { layer } = createModel(family.name, { ...family.published, height: 8 }, [family]);
    expect(() => netOf({ layer, input: [1, 8, 6] }, 1, { training: false })).toThrow(
      "expected images [1, 1, 6, 6], found [1, 1, 8, 6]",
    );
  });

  test("damaged files, never by anything else than an error that says so", () => {
    const bytes = onnxBytes(smallOnnx());
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(change, ([at, byte]) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = byte;
        try {
          importedFamily(damaged, "small.onnx");
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
});
