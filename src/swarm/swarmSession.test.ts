import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stripeSplits, tinyModel, tinySettings } from "../../test/support/tinyRun.js";
import { usableCores } from "../machine.js";
import { runFiles, train } from "../runs/index.js";
import type { SwarmSize, TrainEvent } from "../train/index.js";
import { readSealed, writeSealed } from "../train/sealed.js";
import { type Coupling, stay } from "./coupling.js";
import { openSwarm } from "./openSwarm.js";

const folder = mkdtempSync(join(tmpdir(), "convoy-swarm-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A part of what a checkpoint holds of a swarm. */
interface SavedSwarm {
  readonly particles: unknown[];
  readonly members: number[];
  readonly round: { readonly moves: number[] };
}

const alone: Coupling = {
  name: "alone",
  source: "none",
  needs: { scores: false, distances: false },
  every: "epoch",
  deploys: "best",
  move: (_, self) => stay(self),
};
const mean: Coupling = {
  ...alone,
  name: "mean",
  every: 1,
  deploys: "mean",
  move: ({ snapshots }) =>
    snapshots.map(({ particle }) => ({
      particle,
      vector: "position",
      weight: 1 / snapshots.length,
    })),
};

async function run(name: string, coupling: Coupling, particles: number, more: object = {}) {
  const out = join(folder, name);
  const events: TrainEvent[] = [];
  const summary = await train(
    { ...tinySettings, out, ...more },
    {
      data: stripeSplits(),
      model: tinyModel,
      open: openSwarm({ coupling, particles }),
      listeners: [(event) => void events.push(event)],
    },
  );
  return {
    summary,
    events,
    bytes: (file: keyof typeof runFiles) => readFileSync(join(out, runFiles[file])),
  };
}

describe("a swarm", () => {
  test("whose coupling never comes to a round is told when it begins", async () => {
    const warnings = async (name: string, epochs: number) =>
      (await run(name, { ...mean, every: "epoch" }, 2, { epochs })).events.flatMap((event) =>
        event.type === "warning" ? [event.message] : [],
      );
    expect((await warnings("never", 1)).join()).toContain(
      "coupling mean moves no particle in 1 epoch",
    );
    expect((await warnings("once", 2)).join()).not.toContain("coupling mean");
  });

  test("of one particle gives the bytes of a plain run", async () => {
    const out = join(folder, "plain");
    await train({ ...tinySettings, out }, { data: stripeSplits(), model: tinyModel });
    const one = await run("one", alone, 1);
    expect(one.bytes("last").equals(readFileSync(join(out, runFiles.last)))).toBe(true);
    expect(one.bytes("best").equals(readFileSync(join(out, runFiles.best)))).toBe(true);
  });

  test("gives the same bytes twice, and others for another seed", async () => {
    const [a, b] = [await run("a", mean, 3), await run("b", mean, 3)];
    const c = await run("c", mean, 3, { seed: 99 });
    expect(a.bytes("last").equals(b.bytes("last"))).toBe(true);
    expect(a.bytes("last").equals(c.bytes("last"))).toBe(false);
    expect(a.events.filter(({ type }) => type === "particles").length).toBeGreaterThan(0);
  });

  test("stopped after any step and resumed gives the bytes of an uninterrupted run", async () => {
    const whole = await run("told", mean, 3);
    await run("part", mean, 3, { steps: 13 });
    const out = join(folder, "part");
    await train(
      { out, steps: 1_000_000 },
      {
        data: stripeSplits(),
        model: tinyModel,
        open: openSwarm({ coupling: mean, particles: 3 }),
        resume: true,
      },
    );
    for (const file of ["last", "best"] as const) {
      expect(readFileSync(join(out, runFiles[file])).equals(whole.bytes(file)), file).toBe(true);
    }
  });

  test("tells of which nets the given one is made, also of a run that goes on", async () => {
    const one = await run("given-one", alone, 3, { epochs: 1 });
    const [member, ...others] = one.summary.members!;
    expect(others).toEqual([]);
    expect(one.summary.particles![member]).toEqual(one.summary.test);
    const part = await run("given-all", mean, 3, { steps: 13 });
    expect(part.summary.members).toEqual([0, 1, 2]);
    const again = await train(
      { out: join(folder, "given-all"), steps: 14 },
      {
        data: stripeSplits(),
        model: tinyModel,
        open: openSwarm({ coupling: mean, particles: 3 }),
        resume: true,
      },
    );
    expect(again.members).toEqual([0, 1, 2]);
  });

  test("has each of its nets tested, as it was in the end", async () => {
    const { summary } = await run("each", alone, 3);
    expect(summary.particles).toHaveLength(3);
    const one = await run("each-one", alone, 1, { epochs: 1 });
    expect(one.summary.particles).toEqual([one.summary.test]);
  });

  test("that is resumed with another number of particles is refused", async () => {
    await run("four", mean, 4, { steps: 13 });
    const again = train(
      { out: join(folder, "four"), steps: 1_000_000 },
      {
        data: stripeSplits(),
        model: tinyModel,
        open: openSwarm({ coupling: mean, particles: 5 }),
        resume: true,
      },
    );
    await expect(again).rejects.toThrow(/particle4.* the file has no such vector/);
  });

  test.each([
    ["particles", (saved: SavedSwarm) => saved.particles.pop(), "particles has 2 entries"],
    ["moves", (saved: SavedSwarm) => saved.round.moves.push(0), "round.moves has 4 entries"],
    ["members", (saved: SavedSwarm) => saved.members.push(3), "members has 3; expected 0 to 2"],
  ])("whose saved %s are those of another size is refused", async (name, edit, message) => {
    await run(`saved-${name}`, mean, 3, { steps: 13 });
    const out = join(folder, `saved-${name}`);
    const file = join(out, runFiles.state);
    const { tensors, metadata } = readSealed(readFileSync(file), file);
    const progress = JSON.parse(metadata.progress);
    edit(progress.session);
    const { crc32: _, ...others } = metadata;
    const edited = { ...others, progress: JSON.stringify(progress) };
    writeFileSync(file, writeSealed(tensors, edited));
    const again = train(
      { out, steps: 1_000_000 },
      {
        data: stripeSplits(),
        model: tinyModel,
        open: openSwarm({ coupling: mean, particles: 3 }),
        resume: true,
      },
    );
    await expect(again).rejects.toThrow(`the saved swarm: ${message}`);
  });

  test("reports every particle", async () => {
    const { events, bytes } = await run("report", alone, 3);
    expect(bytes("particles").toString().trim().split("\n")).toHaveLength(
      1 + 3 * tinySettings.epochs,
    );
    const evaluated = events.filter((event) => event.type === "particles" && event.evaluated);
    expect(evaluated.length).toBe(tinySettings.epochs);
    for (const event of evaluated) {
      if (event.type === "particles")
        expect(event.particles.map((p) => p.particle)).toEqual([0, 1, 2]);
    }
  });

  test("reports itself as a whole, and a resumed run tells each epoch once", async () => {
    const lines = (text: Buffer) => text.toString().trim().split("\n").length - 1;
    const whole = await run("stock", mean, 3, { probe: true });
    expect(lines(whole.bytes("swarm"))).toBe(tinySettings.epochs);
    expect(lines(whole.bytes("distances"))).toBe(3 * tinySettings.epochs);
    const reports = whole.events.filter((event) => event.type === "swarm");
    for (const { consensus, scores, meanStep: step, sketches, distances } of reports) {
      // All were brought to their mean in the last step.
      expect(consensus).toBeCloseTo(0, 8);
      expect(distances![0][2]).toBeCloseTo(0, 4);
      expect(sketches[0]).toEqual(sketches[2]);
      expect(scores!.spread).toBeCloseTo(scores!.best - scores!.worst, 12);
      expect(step!.noise).toBeGreaterThan(0);
      // Standing at one point, learners have no noise but that of their batches.
      expect(Math.abs(step!.landscapeNoise)).toBeLessThan(1e-6 * step!.noise);
    }
    await run("halves", mean, 3, { probe: true, steps: 13 });
    const again = await train(
      { out: join(folder, "halves"), steps: 1_000_000 },
      {
        data: stripeSplits(),
        model: tinyModel,
        open: openSwarm({ coupling: mean, particles: 3 }),
        resume: true,
      },
    );
    expect(again.epochs).toBe(tinySettings.epochs);
    const halves = readFileSync(join(folder, "halves", runFiles.swarm));
    expect(halves.equals(whole.bytes("swarm"))).toBe(true);
  });

  test("of many nets takes turns, and says what it needs before the start", async () => {
    const { events, summary } = await run("many", alone, 250, { steps: 2, epochs: 1 });
    const [start] = events;
    const parameters = start.type === "runStart" ? start.parameters : 0;
    expect(start).toMatchObject({ type: "runStart", swarm: { particles: 250 } });
    const { atOnce, vectorBytes } = (start as { swarm: SwarmSize }).swarm;
    expect(atOnce).toBe(usableCores());
    expect(vectorBytes).toBeGreaterThan(4 * 250 * parameters);
    expect(summary.particles).toHaveLength(250);
  });

  test("draws the ways of its nets", async () => {
    const out = join(folder, "ways");
    await train(
      { ...tinySettings, out, swarm: "independent", particles: 2 },
      { data: stripeSplits(), model: tinyModel },
    );
    const image = readFileSync(join(out, runFiles.track), "utf8");
    expect(image.match(/<polyline/g)).toHaveLength(2);
    expect(image).toContain("net 0");
    expect(image).toContain("net 1");
  });
});
