import { expect, test } from "vitest";
import { noise } from "../../test/support/layers.js";
import { referenceEngine } from "../engine/reference/index.js";
import { Graph, gradients, input, reduceSum, type Value } from "../graph/index.js";
import { classification, tags } from "./index.js";
import { softmax } from "./softmax.js";
import type { Constants, Task } from "./task.js";

const rows = 3;
const outputs = 4;
const [own, teacher] = [noise(24).subarray(0, 12), noise(24).subarray(12)];

/** Distances of rows of outputs, and their gradient by the outputs. */
async function distil(task: Task, temperature: number, of = own, constants: Constants = {}) {
  const graph = new Graph();
  const [a, b] = ["own", "teacher"].map((name) => input(graph, name, [rows, outputs]));
  const far = task.distil!(a, b, temperature, constants);
  graph.output("far", far);
  graph.output("slope", gradients(reduceSum(far) as Value, [a])[0]);
  const program = await referenceEngine().compile(graph);
  const found = await program.run({ inputs: { own: of, teacher } });
  return { far: [...found.far], slope: [...found.slope] };
}

const row = (of: Float32Array, at: number) => of.subarray(at * outputs, (at + 1) * outputs);
const cooled = (of: Float32Array, temperature: number) => of.map((value) => value / temperature);

/** KL(p || q). */
const divergence = (p: readonly number[], q: readonly number[]) =>
  p.reduce((sum, value, at) => sum + value * Math.log(value / q[at]), 0);

/** KL of two coins. */
const ofCoins = (p: number, q: number) => divergence([p, 1 - p], [q, 1 - q]);
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

const at = [0, 1, 2];

test.each([1, 4])(
  "of classes is the divergence of softmaxes at temperature %d, times its square",
  async (t) => {
    const { far } = await distil(classification as Task, t);
    for (const image of at) {
      const [p, q] = [teacher, own].map((of) => softmax(cooled(row(of, image), t)));
      expect(far[image]).toBeCloseTo(t ** 2 * divergence([...p], [...q]), 4);
    }
  },
);

test("of tags is the mean divergence of sigmoids", async () => {
  const { far } = await distil(tags as Task, 2);
  for (const image of at) {
    const each = [...row(own, image)].map((value, tag) =>
      ofCoins(sigmoid(row(teacher, image)[tag] / 2), sigmoid(value / 2)),
    );
    expect(far[image]).toBeCloseTo(4 * (each.reduce((a, b) => a + b) / outputs), 5);
  }
});

test("of tags that exclude each other is that of the softmax of their group", async () => {
  const { far } = await distil(tags as Task, 2, own, { oneOf: [-1, 0, 0, 0] });
  for (const image of at) {
    const [p, q] = [teacher, own].map((of) => cooled(row(of, image), 2));
    const group = divergence([...softmax(p.subarray(1))], [...softmax(q.subarray(1))]);
    expect(far[image]).toBeCloseTo((4 * (ofCoins(sigmoid(p[0]), sigmoid(q[0])) + group)) / 2, 5);
  }
});

test.each([
  ["classes", classification as Task, {}],
  ["tags", tags as Task, { oneOf: [-1, 0, 0, -1] }],
])(
  "of %s has the gradient of its numbers, and is 0 where both say the same",
  async (_, task, constants) => {
    const { slope } = await distil(task, 3, own, constants);
    const step = 1e-2;
    for (const changed of own.keys()) {
      const [up, down] = [step, -step].map((by) =>
        own.map((value, other) => (other === changed ? value + by : value)),
      );
      const [above, below] = [
        await distil(task, 3, up, constants),
        await distil(task, 3, down, constants),
      ];
      const sum = (far: readonly number[]) => far.reduce((a, b) => a + b);
      expect(slope[changed]).toBeCloseTo((sum(above.far) - sum(below.far)) / (2 * step), 3);
    }
    expect((await distil(task, 3, teacher, constants)).far).toEqual([0, 0, 0]);
  },
);
