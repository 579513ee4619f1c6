// `convoy bench`: rows with a peer that trains, and with one that is not there.

import { expect, test } from "vitest";
import { convoy, scratch } from "./convoy.js";

test("a peer is measured in turn with Convoy; one that is missing is named with the cure", async () => {
  const args = ["bench", "step", "--models", "lenet5", "--batch", "4", "--threads", "1"];
  const peers = ["--peers", "jax-js,pytorch", "--python", "/no/such/python", "--rounds", "2"];
  const { code, out, err } = await convoy([...args, ...peers, "--json"], { cwd: scratch() });
  expect(err).toContain("lenet5, batch 4: jax-js gets ready, then both run in turn");
  expect(code).toBe(0);
  const { machine, rows } = JSON.parse(out);
  expect(machine).toMatchObject({ node: process.versions.node });
  expect(rows).toHaveLength(2);
  const [measured, missing] = rows;
  expect(measured).toMatchObject({ model: "lenet5", batch: 4, peer: "jax-js" });
  expect(measured.ratio).toBeCloseTo(measured.peerMedianMs / measured.medianMs, 9);
  expect(measured.imagesPerSecond).toBeCloseTo(4000 / measured.medianMs, 6);
  expect(missing.note).toMatch(/pytorch: .*ENOENT; name a Python that has torch/);
  expect(missing.ratio).toBeUndefined();
});

test("without peers a table is printed", async () => {
  const args = ["bench", "step", "--models", "lenet5", "--batch", "4", "--rounds", "1"];
  const { code, out } = await convoy(args, { cwd: scratch() });
  expect(code).toBe(0);
  expect(out).toMatch(/model +batch +ms +img\/s +GFLOP\/s/);
  expect(out).toMatch(/^lenet5 +4 +\d/m);
});

test("inference is measured at each batch, on images of a size; who cannot take part is named", async () => {
  const args = ["bench", "infer", "lenet5", "--batch", "1,2", "--size", "32"];
  const peers = ["--peers", "onnxruntime", "--python", "/no/such/python", "--rounds", "1"];
  const { code, out } = await convoy([...args, ...peers, "--json"], { cwd: scratch() });
  expect(code).toBe(0);
  const { rows } = JSON.parse(out);
  expect(rows.map(({ batch }: { batch: number }) => batch)).toEqual([1, 2]);
  expect(rows[1]).toMatchObject({ work: "infer", model: "lenet5", nets: 1 });
  expect(rows[1].imagesPerSecond).toBeCloseTo(2000 / rows[1].medianMs, 6);
  for (const { note } of rows) expect(note).toMatch(/^onnxruntime: .*; install it: npm install/);
  // An image costs as much in any batch.
  expect(rows[1].gflops * rows[1].medianMs).toBeCloseTo(2 * rows[0].gflops * rows[0].medianMs, 6);
});

test("the images of a swarm's nets count together; a peer that does other work is unknown", async () => {
  const args = ["bench", "swarm", "--models", "lenet5", "--batch", "4", "--nets", "3"];
  const { code, out } = await convoy([...args, "--rounds", "1", "--json"], { cwd: scratch() });
  expect(code).toBe(0);
  const [row] = JSON.parse(out).rows;
  expect(row).toMatchObject({ work: "swarm", nets: 3 });
  expect(row.imagesPerSecond).toBeCloseTo(12_000 / row.medianMs, 6);
  const wrong = await convoy([...args, "--peers", "tfjs"], { cwd: scratch() });
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('unknown peer "tfjs"; known: pytorch');
  const twice = await convoy(["bench", "infer", "lenet5", "--models", "resnet8"], {
    cwd: scratch(),
  });
  expect(twice.err).toContain("nets are named twice: lenet5, and --models; leave one out");
});
