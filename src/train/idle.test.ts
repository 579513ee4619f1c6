import { expect, test } from "vitest";
import type { TrainSettings } from "./config.js";
import { refuseIdle, withoutIdle } from "./idle.js";

test.each([
  [{ particles: 4 }, "setting particles has no effect without swarm, as pso; add that, or leave"],
  [{ topology: "ring" }, "setting topology has no effect without swarm"],
  [{ coupling: { c: 1 } }, "setting coupling has no effect without swarm"],
  [{ probe: true }, "setting probe has no effect without swarm"],
  [{ baseBatch: 64 }, "setting baseBatch has no effect without scale, as linear"],
  [{ baseBatch: 64, scale: "none" }, "setting baseBatch has no effect without scale"],
] as const)("%j alone is refused by its name", (settings, message) => {
  expect(() => refuseIdle(settings)).toThrow(message);
  expect(withoutIdle({ ...settings, lr: 1 })).toMatchObject({ lr: 1 });
  expect(() => refuseIdle(withoutIdle(settings))).not.toThrow();
});

test.each<Partial<TrainSettings>>([
  { swarm: "pso", particles: 4, coupling: { c: 1 }, probe: true },
  { scale: "linear", baseBatch: 64 },
  { coupling: {}, probe: false, particles: undefined },
])("%j asks for nothing that is not done", (settings) => {
  refuseIdle(settings);
  expect(withoutIdle(settings)).toEqual(settings);
});
