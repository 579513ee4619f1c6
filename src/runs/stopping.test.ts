import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { classLabels } from "../../test/support/questions.js";
import { stripes, temporaryFolder, tinyModel, trainTiny } from "../../test/support/tinyRun.js";
import { parseConfig } from "../train/config.js";
import { startOfRun } from "../train/progress.js";
import { runFiles } from "./runFiles.js";
import { stopReason } from "./stopping.js";

describe("a run stops", () => {
  const at = { ...startOfRun, epoch: 2, best: { epoch: 1, score: 0.5, loss: 1, metrics: {} } };
  const config = parseConfig({ data: "x", epochs: 4 });
  const pass = { stepsPerEpoch: 10, batchSize: 10 };

  test.each([
    [{}, {}, undefined],
    [{ epochs: 2 }, {}, "finished"],
    [{ patience: 1 }, {}, "patience"],
    [{ patience: 2 }, {}, undefined],
    [{ patience: 1 }, { step: 3 }, undefined],
    [{ steps: 23 }, { step: 3 }, "steps"],
    [{ steps: 24 }, { step: 3 }, undefined],
    [{ gradients: 2 }, { work: 199 }, undefined],
    [{ gradients: 2 }, { work: 200 }, "gradients"],
    [{ minutes: 1 }, { seconds: 59 }, undefined],
    [{ minutes: 1 }, { seconds: 60 }, "minutes"],
    [{ minutes: 1 }, { seconds: 60, epoch: 0, best: undefined }, undefined],
  ])("by %j at %j: %s", (settings, progress, reason) => {
    expect(stopReason({ ...config, ...settings }, { ...at, ...progress }, pass)).toBe(reason);
  });

  test("when it is interrupted", () => {
    expect(stopReason(config, at, pass, true)).toBe("aborted");
  });

  test("after as many epochs without a better one as its patience", async () => {
    const out = join(temporaryFolder(), "run");
    const { summary, events } = await trainTiny({ out, lr: 1e-9, epochs: 30, patience: 2 });
    expect(events.at(-1)).toMatchObject({ type: "runEnd", reason: "patience" });
    expect(summary.epochs).toBe(summary.best!.epoch + 2);
    expect(summary.test).toBeDefined();
  });

  test("when its time is spent, evaluated and tested", async () => {
    const out = join(temporaryFolder(), "run");
    const { summary, events } = await trainTiny({ out, epochs: 1000, minutes: 1e-6 });
    expect(events.at(-1)).toMatchObject({ type: "runEnd", reason: "minutes" });
    expect(summary).toMatchObject({ epochs: 0, best: { epoch: 1 }, test: {} });
    expect(existsSync(join(out, runFiles.summary))).toBe(true);
  });

  test("when the loss is no longer finite, and keeps what was saved", async () => {
    const out = join(temporaryFolder(), "run");
    const settings = { out, epochs: 2, schedule: "constant", decay: 0 };
    await expect(trainTiny({ ...settings, lr: 1e30 })).rejects.toMatchObject({
      name: "DivergedError",
      epoch: 1,
      step: expect.any(Number),
      message: expect.stringMatching(
        /the loss is (NaN|Infinity|-Infinity) at epoch 1, step \d+, at a learning rate of 1e\+30/,
      ),
    });
    expect(existsSync(join(out, runFiles.config))).toBe(true);
    expect(existsSync(join(out, runFiles.state))).toBe(false);
    expect(existsSync(join(out, "run.lock"))).toBe(false);
  });
});

describe("nothing is written", () => {
  test("into another run's folder", async () => {
    const out = join(temporaryFolder(), "run");
    await trainTiny({ out, epochs: 1 });
    const before = readFileSync(join(out, runFiles.results), "utf8");
    // Nor is anything opened for it.
    const open = () => Promise.reject(new Error("opened"));
    await expect(trainTiny({ out, epochs: 1 }, { open })).rejects.toThrow(
      `${out} holds another run; resume it with --resume ${out} or choose another folder`,
    );
    expect(readFileSync(join(out, runFiles.results), "utf8")).toBe(before);
  });

  test("into a folder that holds something else, or a file", async () => {
    const out = temporaryFolder();
    writeFileSync(join(out, "thesis.txt"), "");
    await expect(trainTiny({ out })).rejects.toThrow(`${out} is not empty (it holds thesis.txt)`);
    await expect(trainTiny({ out: join(out, "thesis.txt") })).rejects.toThrow(
      "a file stands where a folder should be",
    );
    expect(readdirSync(out)).toEqual(["thesis.txt"]);
  });

  test.each([
    [{ optimizer: "nestero" }, 'unknown optimizer "nestero" (did you mean "nesterov"?)'],
    [{ schedule: "cosin" }, 'unknown schedule "cosin" (did you mean "cosine"?)'],
    [{ augment: "flop" }, 'unknown augmentation "flop" (did you mean "flip"?)'],
    [{ hyper: { momentun: 0.9 } }, 'unknown number of nesterov in hyper "momentun"'],
    [{ epochs: 0 }, "setting epochs is 0"],
    [{ lrr: 1 }, 'unknown setting "lrr" (did you mean "lr"?)'],
  ])("for the setting %j", async (settings, message) => {
    const out = join(temporaryFolder(), "run");
    await expect(trainTiny({ out, ...settings })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  test("for data of one class", async () => {
    const out = join(temporaryFolder(), "run");
    const train = { ...stripes(30, 1), labels: classLabels(new Int32Array(30), 1) };
    await expect(trainTiny({ out }, { data: { train }, model: tinyModel })).rejects.toThrow(
      "stripes has 1 class; expected at least two, as there is nothing to tell apart",
    );
    expect(existsSync(out)).toBe(false);
  });

  test("but an empty folder is taken", async () => {
    const out = join(temporaryFolder(), "run");
    mkdirSync(out);
    const { summary } = await trainTiny({ out, epochs: 1 });
    expect(summary.epochs).toBe(1);
  });
});
