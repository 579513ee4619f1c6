// `convoy bench step`: rows with a peer that trains, and with one that is not there.

import { expect, test } from "vitest";
import { convoy, scratch } from "./convoy.js";

test("a peer is measured in turn with Convoy; one that is missing is named with the cure", async () => {
  const args = ["bench", "step", "--models", "lenet5", "--batch", "4", "--threads", "1"];
  const peers = ["--peers", "jax-js,pytorch", "--python", "/no/such/python", "--rounds", "2"];
  const { code, out, err } = await convoy([...args, ...peers, "--json"], { cwd: scratch() });
  expect(err).toContain("lenet5: jax-js finds its best setting");
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
  expect(out).toMatch(/model +ms +img\/s +GFLOP\/s/);
  expect(out).toMatch(/^lenet5 +\d/m);
});
