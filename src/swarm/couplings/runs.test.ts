// Every coupling in runs of a tiny net: what pure coefficients cannot show.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  stripeSplits,
  temporaryFolder,
  tinyModel,
  tinySettings,
} from "../../../test/support/tinyRun.js";
import { runFiles } from "../../runs/index.js";
import { train } from "../../runs/train.js";
import type { TrainSettings } from "../../train/index.js";
import { couplings } from "./index.js";

const parts = () => ({ data: stripeSplits(), model: tinyModel });

/** Settings that give every coupling a few rounds in a tiny run. */
const own: Readonly<Record<string, TrainSettings["coupling"]>> = {
  "local-sgd": { every: 3 },
  parle: { every: 3 },
};

async function bytesOf(settings: Partial<TrainSettings>): Promise<Buffer> {
  const out = temporaryFolder();
  await train({ ...tinySettings, ...settings, out: join(out, "run") }, parts());
  return readFileSync(join(out, "run", runFiles.last));
}

describe.each(couplings().map(({ name }) => name))("%s", (swarm) => {
  const settings = { swarm, particles: 3, coupling: own[swarm] };

  test("of one particle gives the bytes of a plain run", async () => {
    const one = await bytesOf({ ...settings, particles: 1 });
    expect(one.equals(await bytesOf({}))).toBe(true);
  });

  test("stopped and resumed gives the bytes of an uninterrupted run", async () => {
    const out = join(temporaryFolder(), "run");
    await train({ ...tinySettings, ...settings, out, steps: 8 }, parts());
    await train({ out, steps: 1_000_000 }, { ...parts(), resume: true });
    const resumed = readFileSync(join(out, runFiles.last));
    expect(resumed.equals(await bytesOf(settings))).toBe(true);
  });
});
