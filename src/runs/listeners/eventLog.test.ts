import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../../test/support/tinyRun.js";
import { eventSchema } from "../../tensor/eventFile.js";
import { decodeMessage } from "../../tensor/protobuf.js";

/** Numbers of an event file by tag, as [step, value]. */
function numbersOf(run: string): Record<string, [number, number][]> {
  const bytes = new Uint8Array(readFileSync(join(run, "events.out.tfevents.convoy")));
  const view = new DataView(bytes.buffer);
  const found: Record<string, [number, number][]> = {};
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const event = decodeMessage(eventSchema, bytes.subarray(at + 12, at + 12 + length), run);
    for (const { tag, value } of event.summary?.value ?? []) {
      if (value !== undefined) (found[tag] ??= []).push([event.step ?? 0, value]);
    }
    at += 12 + length + 4;
  }
  return found;
}

const rounded = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map(Math.fround));

test("charts are by step, those of the test at the end", async () => {
  const out = join(temporaryFolder(), "run");
  const { summary } = await trainTiny({ out, epochs: 2 });
  const found = numbersOf(out);
  const steps = found["loss/train"].map(([step]) => step);
  expect(steps).toEqual([steps[0], 2 * steps[0]]);
  expect(found["loss/step"].map(([step]) => step)).toEqual(
    Array.from({ length: steps[1] }, (_, at) => at + 1),
  );
  expect(found["accuracy/test"]).toEqual(rounded([[steps[1], summary.test!.accuracy]]));
});

test.each([
  ["goes on", (bytes: Uint8Array) => bytes],
  ["is made anew where it was changed", () => new Uint8Array(7)],
])("a resumed run's file %s", async (_, changed) => {
  const [whole, out] = ["whole", "out"].map((name) => join(temporaryFolder(), name));
  await trainTiny({ out: whole, epochs: 2 });
  await trainTiny({ out, epochs: 2, steps: 12 });
  const file = join(out, "events.out.tfevents.convoy");
  writeFileSync(file, changed(readFileSync(file)));
  await trainTiny({ out, steps: 1000 }, { resume: true });
  expect(numbersOf(out)["loss/train"]).toEqual(numbersOf(whole)["loss/train"]);
});

test("each net of a swarm has its charts", async () => {
  const out = join(temporaryFolder(), "run");
  await trainTiny({ out, swarm: "pso", particles: 2, augment: "", epochs: 2 });
  const found = numbersOf(out);
  for (const name of ["loss/particle_0", "loss/particle_1"]) expect(found[name]).toHaveLength(2);
});
