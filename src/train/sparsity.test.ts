// Masks that are made while a net learns: when, of which share, and what becomes of the run.

import { join } from "node:path";
import { expect, test } from "vitest";
import { stripesFile } from "../../test/support/stripesFile.js";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { createEngine } from "../engine/index.js";
import { layoutOf } from "../graph/index.js";
import { build, linear } from "../nn/index.js";
import { compressPruned, openTrained, train } from "../runs/index.js";
import type { TrainEvent } from "./events.js";
import type { TrainSettings } from "./index.js";
import { parseSparse, SparseSchedule, Sparsity, sparsePasses, sparseWays } from "./sparsity.js";
import { readWeights } from "./weights.js";

test("the share rises to the one that is wanted, fast at first, and is kept to the end", () => {
  const schedule = new SparseSchedule(0.8, 1000);
  const due = Array.from({ length: 1000 }, (_, step) => step).filter((step) => schedule.due(step));
  expect([due[0], due[1], due.at(-1)]).toEqual([100, 130, 700]);
  expect(due).toHaveLength(21);
  const shares = due.map((step) => schedule.shareAt(step));
  expect([shares[0], shares.at(-1)]).toEqual([0, 0.8]);
  expect(schedule.shareAt(400)).toBeCloseTo(0.8 * (1 - 0.5 ** 3), 9);
  expect(new SparseSchedule(0.5, 3).due(2)).toBe(true);
  const single = new SparseSchedule(0.5, 1);
  expect([single.due(0), single.shareAt(0)]).toEqual([true, 0.5]);
});

test("what counts least goes: by size, or by the scores that training moves", async () => {
  const engine = await createEngine({ engine: "reference" });
  const layout = layoutOf([
    { name: "a", shape: [6], kind: "weight" },
    { name: "a.score", shape: [6], kind: "scale" },
    { name: "a.mask", shape: [6], kind: "statistic" },
  ]);
  const w = engine.vector(18);
  const masksOf = async (text: string) => {
    await w.write([...[3, -1, 2, -2, 0, 2], ...[-1, 5, 0, 0, 0, -3], ...[1, 1, 1, 0, 1, 1]]);
    await new Sparsity(parseSparse(text), layout, 100).renew(w, 70);
    return [...(await w.read())].slice(12);
  };
  expect(await masksOf("magnitude=0.5")).toEqual([1, 0, 0, 1, 0, 1]);
  expect(await masksOf("movement=0.5")).toEqual([0, 1, 0, 1, 1, 0]);
  expect(await masksOf("magnitude=0.99")).toEqual([1, 0, 0, 0, 0, 0]);
});

test("a setting that asks for nothing that there is is refused", () => {
  expect(parseSparse("movement=.9").share).toBe(0.9);
  for (const text of ["magnitude", "magnitude=0x1", "magnitude=half"]) {
    expect(() => parseSparse(text), text).toThrow("expected a way and a share, as magnitude=0.9");
  }
  expect(() => parseSparse("moving=0.5")).toThrow('unknown way of prune "moving"');
  expect(() => parseSparse("magnitude=1.5")).toThrow("expected a share above 0 and below 1");
  const net = build(linear(4), [1, 3], { training: false });
  expect(() => sparsePasses(net, parseSparse("magnitude=1e-3"))).toThrow(
    "setting prune is magnitude=0.001: of 12 weights, the most of a layer, none goes",
  );
});

test.each(sparseWays.map(({ name }) => name))(
  "%s: the best epoch is sparse, and the run goes on as any other",
  async (name) => {
    const folder = temporaryFolder();
    const settings = { data: stripesFile(folder), model: "lenet5", batch: 10, threads: 1 };
    const begin = (more: Partial<TrainSettings>, options = {}) =>
      train({ ...settings, epochs: 4, lr: 0.01, saveMinutes: 0, ...more }, options);
    const [out, parted] = [join(folder, "run"), join(folder, "parted")];
    const { best, test: told } = await begin({ prune: `${name}=0.8`, out });
    expect(best!.epoch).toBeGreaterThanOrEqual(3);
    const { tensors, info } = await readWeights(out);
    const { data } = tensors.get("fc1.weight")!;
    expect(data.filter((value: number) => value !== 0).length).toBeLessThanOrEqual(
      0.2 * data.length,
    );
    expect(info.passes!.map(({ pass }) => pass)).toEqual(
      name === "movement" ? ["masks", "scores"] : ["masks"],
    );
    const scores = tensors.get("fc1.weight.score")?.data ?? [];
    expect([...scores].every((score) => score === 0)).toBe(true);
    const net = await openTrained(out, { threads: 1 });
    expect(net.model.name).toBe("lenet5");
    await net.close();
    expect(told!.loss).toEqual(expect.any(Number));

    const controller = new AbortController();
    const listener = (event: TrainEvent) => {
      if (event.type === "step" && event.epoch === 3 && event.step === 1) controller.abort();
    };
    await begin(
      { prune: `${name}=0.8`, out: parted },
      { signal: controller.signal, listeners: [listener] },
    );
    await train({ out: parted }, { resume: true });
    expect((await readWeights(parted)).tensors).toEqual(tensors);

    const again = { by: "magnitude", share: 0.9, out: join(folder, "slimmer"), threads: 1 };
    const { size } = (await compressPruned(out, { ...again, epochs: 1 }))!;
    expect(size.after.nonZeros).toBeLessThan(size.before.nonZeros);
    await expect(begin({ prune: `${name}=0.9`, swarm: "pso" })).rejects.toThrow("nets of a swarm");
  },
);
