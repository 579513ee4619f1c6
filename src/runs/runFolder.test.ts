import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { lockFolder } from "../files/lock.js";
import type { ParamLayout } from "../graph/index.js";
import { InputError } from "../inputError.js";
import type { Summary } from "../train/events.js";
import { startOfRun } from "../train/progress.js";
import { expectFree } from "./freeFolder.js";
import { runStem } from "./runFiles.js";
import { RunFolder } from "./runFolder.js";

const layout = { length: 0, trainable: 0, params: [] } as unknown as ParamLayout;
const state = { progress: startOfRun, weights: new Float32Array(), vectors: {} };

describe("the name of a run", () => {
  test.each([
    ["mnist", "mnist"],
    ["data/my photos/", "my-photos"],
    [".", basename(process.cwd())],
    ["./src/..", basename(process.cwd())],
    ["/", "data"],
    [".hidden", "hidden"],
    ["\u732b\u3068\u72ac", "\u732b\u3068\u72ac"],
    ["Vo\u0308gel", "V\u00f6gel"],
    ["a\u001b[31m\nb", "a-31m-b"],
    ["--out", "out"],
    ["x".repeat(300), "x".repeat(60)],
  ])("from %j", (data, name) => {
    expect(runStem(data, "a/b")).toBe(join("runs", `${name}-a-b`));
  });

  test("gets the first free number", async () => {
    const stem = join(temporaryFolder(), "runs", "mnist-lenet5");
    const [first, second] = [await RunFolder.createNext(stem), await RunFolder.createNext(stem)];
    expect([first.path, second.path]).toEqual([`${stem}-1`, `${stem}-2`]);
    first.close();
    second.close();
  });
});

describe("a folder", () => {
  test.each<[string, (path: string) => void]>([
    ["with a lock only", (path) => writeFileSync(join(path, "run.lock"), "{}")],
    ["with no weights yet", (path) => mkdirSync(join(path, "weights"))],
    ["with half a config", (path) => writeFileSync(join(path, ".config.json.1.tmp"), '{"ver')],
    [
      "with given weights to start from",
      (path) => writeFileSync(join(path, "state.safetensors"), ""),
    ],
  ])("%s is taken over", async (_, leave) => {
    const path = temporaryFolder();
    leave(path);
    const folder = await RunFolder.create(path);
    expect(readdirSync(path).sort()).toEqual(["run.lock", "weights"]);
    folder.close();
  });

  test.each<[string, RegExp, (path: string) => void]>([
    [
      "of somebody else",
      /it holds notes\.txt/,
      (path) => writeFileSync(join(path, "notes.txt"), ""),
    ],
    [
      "of another program",
      /it holds config\.json/,
      (path) => writeFileSync(join(path, "config.json"), '{"model_type":"resnet"}'),
    ],
    [
      "that lost its config",
      /is not empty/,
      (path) => {
        mkdirSync(join(path, "weights"));
        writeFileSync(join(path, "weights", "last.safetensors"), "");
      },
    ],
    ["with steps", /it holds metrics/, (path) => writeFileSync(join(path, "metrics.jsonl"), "{}")],
    ["with a result", /it holds summary/, (path) => writeFileSync(join(path, "summary.json"), "")],
    [
      "with the second of two states",
      /it holds state\.previous/,
      (path) => writeFileSync(join(path, "state.previous.safetensors"), ""),
    ],
  ])("%s is left alone", async (_, message, leave) => {
    const path = temporaryFolder();
    leave(path);
    const before = readdirSync(path);
    await expect(RunFolder.create(path)).rejects.toThrow(message);
    expect(readdirSync(path)).toEqual(before);
  });

  test("that cannot be there is refused in words", async () => {
    const file = join(temporaryFolder(), "notes.txt");
    writeFileSync(file, "");
    for (const path of [join(file, "run"), join(temporaryFolder(), "x".repeat(300))]) {
      await expect(expectFree(path)).rejects.toThrow(InputError);
    }
  });

  test("with nothing but what the system hides in it is free, and keeps that", async () => {
    const path = temporaryFolder();
    writeFileSync(join(path, ".DS_Store"), "");
    (await RunFolder.create(path)).close();
    expect(readdirSync(path).sort()).toEqual([".DS_Store", "weights"]);
  });

  test("in which a process works is not free", async () => {
    const path = temporaryFolder();
    const folder = await RunFolder.create(path);
    await expect(RunFolder.create(path)).rejects.toThrow(`process ${process.pid}`);
    folder.close();
  });

  test("that another process has taken over is saved in no more", async () => {
    const path = temporaryFolder();
    const folder = await RunFolder.create(path);
    rmSync(join(path, "run.lock"));
    const other = lockFolder(path);
    await expect(folder.saveState(layout, state)).rejects.toThrow(/has taken .* over/);
    expect(existsSync(join(path, "state.safetensors"))).toBe(false);
    other.release();
    folder.close();
  });

  test("loses what killed processes were writing when its run is resumed", async () => {
    const path = temporaryFolder();
    (await RunFolder.create(path)).close();
    for (const at of ["", "weights"]) writeFileSync(join(path, at, ".last.safetensors.9.tmp"), "");
    RunFolder.resume(path).close();
    expect(readdirSync(path, { recursive: true })).toEqual(["weights"]);
  });
});

test.skipIf(!existsSync("/proc/self/fd"))(
  "a state or a result is saved when the lines that it tells of are on disk (needs /proc)",
  async () => {
    const path = temporaryFolder();
    const folder = await RunFolder.create(path);
    await folder.log("metrics").rewrite("");
    const handle = await open(path, "r");
    const prototype = Object.getPrototypeOf(handle) as typeof handle;
    await handle.close();
    const synced: string[] = [];
    const sync = vi.spyOn(prototype, "sync").mockImplementation(async function (
      this: typeof handle,
    ) {
      synced.push(basename(readlinkSync(`/proc/self/fd/${this.fd}`)));
    });
    const save = async (file: string, saved: () => Promise<void>) => {
      folder.log("metrics").append("{}\n");
      synced.length = 0;
      await saved();
      const draft = expect.stringMatching(new RegExp(`^\\.${file}\\.\\d+\\.tmp$`));
      expect(synced).toEqual(["metrics.jsonl", draft, basename(path)]);
    };
    try {
      await save("state.safetensors", () => folder.saveState(layout, state));
      await save("summary.json", () => folder.saveSummary({} as Summary));
    } finally {
      sync.mockRestore();
    }
    folder.close();
  },
);
