// A run teaches another model, which is a run as any other.

import { join } from "node:path";
import { expect, test } from "vitest";
import { stripesFile } from "../../../test/support/stripesFile.js";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import type { TrainSettings } from "../../train/index.js";
import { compressPruned, openTrained, readRunConfig, train } from "../index.js";
import { compressDistilled } from "./distil.js";

const threads = 1;

test("a net, a pruned one and an ensemble teach a student by the run's settings", async () => {
  const folder = temporaryFolder();
  const place = (name: string) => join(folder, name);
  const settings = { data: stripesFile(folder), model: "lenet5", batch: 10, lr: 0.01, threads };
  const begin = (more: Partial<TrainSettings>) => train({ ...settings, epochs: 1, ...more });
  await begin({ out: place("run"), labelSmoothing: 0.1, warmup: 0.5, freeze: undefined });
  const distil = (run: string, out: string, model = "resnet20") =>
    compressDistilled(place(run), { model, threads, out: place(out) });

  const report = (await distil("run", "student"))!;
  const { teacher, student, size, images } = report;
  expect([images, Object.keys(teacher)]).toEqual([6, Object.keys(student)]);
  expect(size.before.parameters).not.toBe(size.after.parameters);
  const { settings: own } = await readRunConfig(place("student"));
  expect(own).toMatchObject({ model: "resnet20", epochs: 1, labelSmoothing: 0.1, warmup: 0.5 });
  expect(own).toMatchObject({ teacher: place("run"), distil: { alpha: 0.9, temperature: 4 } });
  const net = await openTrained(place("student"), { threads });
  expect(net.info.model).toBe("resnet20");
  await net.close();

  const sparse = { by: "magnitude", share: 0.5, out: place("sparse"), threads };
  await compressPruned(place("run"), sparse);
  expect((await distil("sparse", "student2", "lenet5"))!.lost).toEqual(expect.any(Number));
  // LeNet-5 has no normalisation.
  const { settings: bare } = await readRunConfig(place("student2"));
  expect(bare.distil).toEqual({ alpha: 0.9, temperature: 1 });
  await begin({
    swarm: "pso",
    particles: 2,
    deploy: "ensemble",
    lr: "0.01,0.02",
    out: place("two"),
  });
  expect((await distil("two", "student3", "lenet5"))!.size.before.parameters).toBe(
    2 * size.before.parameters,
  );
  await expect(distil("run", "no", "lenet")).rejects.toThrow('unknown model "lenet"');
  await expect(distil("run", "student")).rejects.toThrow("student");
});
