import { expect, test } from "vitest";
import { gossip, independent, pso } from "./couplings/index.js";
import { unmoved } from "./unmoved.js";

const planned = (epochs: number, steps?: number) => ({ epochs, steps, stepsPerEpoch: 10 });

test("a coupling whose rounds all come too late is told", () => {
  expect(unmoved(pso(), 4, planned(1))).toMatch(
    /^coupling pso moves no particle in 1 epoch: the first time is behind epoch 1, with another/,
  );
  expect(unmoved(pso(), 4, planned(2))).toBeUndefined();
  expect(unmoved(pso(), 4, planned(2, 10))).toMatch("in 10 steps");
  expect(unmoved(pso(), 4, planned(2, 11))).toBeUndefined();
  expect(unmoved(pso({ warmup: 2 }), 4, planned(3))).toMatch("behind epoch 3");
  expect(unmoved(pso({ warmup: 2 }), 4, planned(4))).toBeUndefined();
  expect(unmoved(gossip({ every: 21 }), 4, planned(2))).toMatch(
    "coupling gossip moves no particle in 2 epochs: the first time is behind step 21, of 20;",
  );
  expect(unmoved(gossip({ every: 20 }), 4, planned(2))).toBeUndefined();
});

test("nothing is said of particles that are to stay alone", () => {
  expect(unmoved(pso(), 1, planned(1))).toBeUndefined();
  expect(unmoved(independent(), 4, planned(1))).toBeUndefined();
});
