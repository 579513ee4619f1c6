import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  stripeSplits,
  temporaryFolder,
  tinyModel,
  tinySettings,
} from "../../test/support/tinyRun.js";
import { epochsIn, fitting } from "./epochsIn.js";

const marks = { opened: 2, began: 4, trained: 8, evaluated: 9, share: 0.5, ended: 12 };

test("what fits is what is left when data are opened and the test is made once more", () => {
  // 8 of training and 1 of evaluation; 12 are over, 2 and 3 come again.
  expect(fitting(12 + 5 + 2 * 9, marks)).toEqual({ epochs: 2, epochSeconds: 9 });
  expect(fitting(12 + 5 + 2 * 9 - 1e-6, marks).epochs).toBe(1);
});

test("no room for an epoch is an error that says what one takes", () => {
  expect(() => fitting(20, marks)).toThrow(
    "an epoch takes 9.0 s here, and 0:03 of 0:20 are left for it; give more time, or fewer images (train)",
  );
  expect(() => fitting(5, marks)).toThrow("0:00 of 0:05 are left");
});

const parts = { data: stripeSplits(), model: tinyModel };
const { epochs: _, ...settings } = tinySettings;
const trials = () => readdirSync(tmpdir()).filter((name) => name.startsWith("convoy-time-"));
// Other tests try how long something takes, too.
beforeEach(() => void vi.stubEnv("TMPDIR", temporaryFolder()));
afterEach(() => void vi.unstubAllEnvs());

test("a training on trial leaves nothing, and its rate and epochs are no matter", async () => {
  const given = { ...settings, epochs: 1, steps: 1, patience: 1 };
  const { epochs, epochSeconds } = await epochsIn(3600, given, parts);
  expect(epochSeconds).toBeGreaterThan(0);
  // Two epochs of twelve steps were enough to know.
  expect(epochs).toBeGreaterThan(100);
  expect(trials()).toEqual([]);
});

test("a swarm's epochs are measured as well", async () => {
  const swarm = { ...settings, swarm: "pso", particles: 2 };
  expect((await epochsIn(3600, swarm, parts)).epochs).toBeGreaterThan(50);
});

test("whoever stops it gets no answer", async () => {
  await expect(epochsIn(60, settings, { ...parts, signal: AbortSignal.abort() })).rejects.toThrow(
    /aborted/,
  );
  expect(trials()).toEqual([]);
});
