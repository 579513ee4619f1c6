import { describe, expect, test } from "vitest";
import { noise } from "../../test/support/layers.js";
import { referenceEngine } from "../engine/reference/index.js";
import { type Graph, mul, type Value, WEIGHTS } from "../graph/index.js";
import { rewrite } from "../graph/rewrite.js";
import { InputError } from "../inputError.js";
import { build, IMAGES, initialise } from "./build.js";
import { fill } from "./initialisers.js";
import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  linear,
  maxPool,
  relu,
  sequential,
} from "./layers/index.js";
import { append, extend, type Net, type NetPass, netOf } from "./net.js";

const layer = sequential({
  conv: conv2d(4, 3, { padding: 1, bias: false }),
  bn: batchNorm(),
  relu: relu(),
  pool: maxPool(2),
  drop: dropout(0.5),
  flatten: flatten(),
  fc: linear(3),
});
const model = { layer, input: [2, 6, 6] };
const images = noise(2 * 2 * 36);
const key = { seed: 1, purpose: "dropout" } as const;

/** What a graph makes of vectors, and its vectors behind the run. */
async function run(graph: Graph, vectors: Record<string, Float32Array>, inputs = [IMAGES]) {
  const engine = referenceEngine();
  const bound = Object.fromEntries(
    Object.entries(vectors).map(([name, { length }]) => [name, engine.vector(length)]),
  );
  for (const [name, values] of Object.entries(vectors)) await bound[name].write(values);
  const program = await engine.compile(graph);
  const data = Object.fromEntries(inputs.map((name) => [name, images]));
  const outputs = await program.run({ vectors: bound, inputs: data, key });
  const after = Object.fromEntries(
    await Promise.all(Object.keys(bound).map(async (name) => [name, await bound[name].read()])),
  );
  return { outputs, after } as { outputs: typeof outputs; after: Record<string, Float32Array> };
}

/** A net's output, and its vector behind the run. */
async function resultOf(net: Net, w = initialise(net, 1)) {
  if (!net.graph.outputs.has("y")) net.graph.output("y", net.output);
  const { outputs, after } = await run(net.graph, { [WEIGHTS]: w });
  return { y: [...outputs.y], w: after[WEIGHTS] };
}

describe("netOf", () => {
  test("computes what the layers say", async () => {
    const built = build(layer, [2, 2, 6, 6], { training: true });
    const plain = await resultOf(built);
    const net = await resultOf(netOf(model, 2, { training: true }));
    net.y.forEach((value, at) => {
      expect(value).toBeCloseTo(plain.y[at], 6);
    });
    expect(net.w).toEqual(plain.w);
  });

  test.each([0, -1, 1.5])("a batch of %d is refused", (batch) => {
    expect(() => netOf(model, batch, { training: true })).toThrow(InputError);
  });

  test("goes through the passes in order, before it is fused", () => {
    const seen: string[] = [];
    const pass =
      (name: string): NetPass =>
      (net) => {
        seen.push(`${name}: ${net.graph.nodes.some(({ op }) => op.name === "relu")}`);
        return net;
      };
    netOf(model, 2, { training: true, passes: [pass("first"), pass("second")] });
    expect(seen).toEqual(["first: true", "second: true"]);
  });
});

describe("extend", () => {
  const specs = [
    { name: "extra.scale", shape: [3], kind: "scale", init: fill(2) },
    { name: "extra.mask", shape: [4], kind: "statistic", init: fill(1) },
  ] as const;
  const net = netOf(model, 2, { training: true });
  const wider = extend(net, specs);

  test("puts trainable parameters behind the others, statistics behind statistics", () => {
    const names = wider.layout.params.map(({ name }) => name);
    const own = net.layout.params.map(({ name }) => name);
    const trained = own.filter((name) => !/mean|variance/.test(name));
    expect(names).toEqual([...trained, "extra.scale", "bn.mean", "bn.variance", "extra.mask"]);
    expect(wider.layout.trainable).toBe(net.layout.trainable + 3);
    expect(wider.params.get("extra.mask")!.shape).toEqual([4]);
  });

  test("leaves the net what it was: values, first weights, statistics", async () => {
    const before = await resultOf(netOf(model, 2, { training: true }));
    const after = await resultOf(extend(net, specs));
    expect(after.y).toEqual(before.y);
    const { trainable } = net.layout;
    expect(after.w.subarray(0, trainable)).toEqual(before.w.subarray(0, trainable));
    expect([...after.w.subarray(trainable, trainable + 3)]).toEqual([2, 2, 2]);
    const statistics = after.w.subarray(trainable + 3, trainable + 11);
    expect(statistics).toEqual(before.w.subarray(trainable));
    expect([...after.w.subarray(trainable + 11)]).toEqual([1, 1, 1, 1]);
  });

  test("a pass can use the new parameters anywhere", async () => {
    const doubled: NetPass = (plain) => {
      const { params, ...rest } = extend(plain, [specs[0]]);
      const factor = params.get("extra.scale")!;
      const { graph, image } = rewrite(
        rest.graph,
        ({ op, attrs }, inputs, target, at) => {
          if (op.name !== "matmul") return undefined;
          return [mul(target.apply(op, inputs, attrs)[0], at(factor))];
        },
        [rest.output, ...params.values()],
      );
      const values = [...params].map(([name, value]) => [name, image(value)] as const);
      return { ...rest, graph, output: image(rest.output), params: new Map(values) };
    };
    const options = { training: false } as const;
    const before = await resultOf(netOf(model, 2, options));
    const after = await resultOf(netOf(model, 2, { ...options, passes: [doubled] }));
    after.y.forEach((value, at) => {
      expect(value).toBeCloseTo(2 * before.y[at], 6);
    });
  });

  test("a name that is taken is refused", () => {
    const again = { name: "fc.bias", shape: [1], kind: "bias", init: fill(0) } as const;
    expect(() => extend(net, [again])).toThrow('the net already has a parameter "fc.bias"');
  });
});

describe("append", () => {
  const outputs = async (share: boolean) => {
    const student = netOf(model, 2, { training: true });
    const teacher = netOf(model, 2, { training: true });
    const { graph } = student;
    const shared = graph.nodes.find(({ op }) => op.name === "input")!.outputs[0];
    const beside = append(graph, teacher, {
      vector: "teacher",
      images: share ? shared : undefined,
    });
    graph.output("student", student.output);
    graph.output("teacher", beside.output);
    const vectors = { [WEIGHTS]: initialise(student, 1), teacher: initialise(beside, 1) };
    return run(graph, vectors, share ? [IMAGES] : [IMAGES, "teacher.x"]);
  };

  test.each([true, false])("both nets compute, the images shared: %s", async (share) => {
    const { outputs: found, after } = await outputs(share);
    const alone = await resultOf(netOf(model, 2, { training: true }));
    [...found.student].forEach((value, at) => {
      expect(value).toBe(alone.y[at]);
    });
    expect(after[WEIGHTS]).toEqual(alone.w);
    // The same net on the same images, but with dropout of its own.
    expect(after.teacher).toEqual(alone.w);
    expect(found.teacher).not.toEqual(found.student);
  });

  test("gradients flow into one net alone", async () => {
    const student = netOf(model, 2, { training: false });
    const { graph } = student;
    const beside = append(graph, netOf(model, 2, { training: false }), { vector: "teacher" });
    expect(beside.graph).toBe(graph);
    expect(beside.params.get("fc.bias")!.node.attrs).toMatchObject({ vector: "teacher" });
    expect(student.params.get("fc.bias")!.node.attrs).toMatchObject({ vector: WEIGHTS });
  });

  test("images of another shape are refused", () => {
    const { graph, output }: { graph: Graph; output: Value } = netOf(model, 2, { training: false });
    expect(() =>
      append(graph, netOf(model, 2, { training: false }), { vector: "t", images: output }),
    ).toThrow("append: the net takes images [2, 2, 6, 6], found f32 [2, 3]");
  });
});
