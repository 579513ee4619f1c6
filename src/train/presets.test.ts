import { expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { swarmOf } from "../runs/index.js";
import { parseConfig } from "./config.js";
import { presets, withPreset } from "./presets.js";

test("every preset is made of settings that exist, and its swarm can be opened", () => {
  for (const { name } of presets) {
    const config = parseConfig(withPreset({ data: "any", preset: name }));
    const { rates, particles } = swarmOf({ ...config, swarm: config.swarm! });
    expect(rates).toHaveLength(particles);
  }
});

test("what is given goes before what a preset says, also of the coupling", () => {
  const settings = withPreset({
    preset: "paper",
    batch: 8,
    decay: undefined,
    coupling: { c: 0.1 },
  });
  expect(settings).toMatchObject({ batch: 8, decay: 0, optimizer: "sgd", swarm: "pso" });
  expect(settings.coupling).toEqual({ m: 1, rescue: 0, limit: 1e6, c: 0.1 });
});

test("settings without a preset stay as they are", () => {
  const settings = { data: "mnist" };
  expect(withPreset(settings)).toBe(settings);
});

test("an unknown preset, and one of another swarm, are refused", () => {
  expect(() => withPreset({ preset: "papper" })).toThrow(
    'unknown preset "papper" (did you mean "paper"?)',
  );
  expect(() => withPreset({ preset: "paper", swarm: "gossip" })).toThrow(
    'setting preset: "paper" is of the swarm pso, found gossip; leave one of them out',
  );
});

test("a run with a preset has its settings", async () => {
  const out = `${temporaryFolder()}/run`;
  const settings = { optimizer: undefined, lr: undefined, batch: 10, epochs: 1 };
  const { events, summary } = await trainTiny({ ...settings, preset: "paper", out });
  expect(events[0]).toMatchObject({ type: "runStart", optimizer: "sgd", swarm: { particles: 4 } });
  expect(summary.particles).toHaveLength(4);
});
