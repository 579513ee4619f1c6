// A product and the sum or difference with it may be done at once, but not where something else wants the product. Both
// give the same bits: each is rounded for itself.

import { describe, expect, it } from "vitest";
import { add, Graph, input, mul, sub, type Value } from "../../src/graph/index.js";
import { Random } from "../../src/tensor/philox.js";
import { everyEngine } from "./engines.js";

const SIZE = 1037;

const forms: Readonly<Record<string, (product: Value, c: Value) => Value>> = {
  "a b + c": (product, c) => add(product, c),
  "c + a b": (product, c) => add(c, product),
  "a b - c": (product, c) => sub(product, c),
  "c - a b": (product, c) => sub(c, product),
};

function graphOf(form: (product: Value, c: Value) => Value, showsProduct: boolean): Graph {
  const graph = new Graph();
  const [a, b, c] = ["a", "b", "c"].map((name) => input(graph, name, [SIZE]));
  const product = mul(a, b);
  graph.output("y", form(product, c));
  if (showsProduct) graph.output("product", product);
  return graph;
}

for (const { title, open, skip } of everyEngine) {
  describe.skipIf(skip)(title, () => {
    it.each(Object.entries(forms))("%s", async (_, form) => {
      const random = new Random({ seed: 7, purpose: "init" });
      const noise = () => Float32Array.from({ length: SIZE }, () => random.uniform() - 0.5);
      const inputs = { a: noise(), b: noise(), c: noise() };
      const engine = await open();
      const run = async (showsProduct: boolean) =>
        (await (await engine.compile(graphOf(form, showsProduct))).run({ inputs })).y;
      const together = await run(false);
      expect(together).toEqual(await run(true));
      const [a, b, c] = [inputs.a[3], inputs.b[3], inputs.c[3]];
      const sign = form === forms["c - a b"] ? -1 : 1;
      const expected = sign * a * b + (form === forms["a b - c"] ? -c : c);
      expect(together[3]).toBeCloseTo(expected, 6);
      await engine.close();
    });
  });
}
