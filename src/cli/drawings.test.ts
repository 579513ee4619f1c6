import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import sharp from "sharp";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { train } from "../runs/index.js";
import * as evaluate from "./eval.js";
import * as predict from "./predict.js";

test("drawings are put into a new or an empty folder only", async () => {
  const folder = temporaryFolder();
  const data = join(folder, "data");
  for (const [name, g] of Object.entries({ dark: 0, bright: 255 })) {
    mkdirSync(join(data, name), { recursive: true });
    const background = { r: 9, g, b: 9 };
    const image = sharp({ create: { width: 8, height: 8, channels: 3, background } }).png();
    for (let at = 0; at < 4; at++) await image.toFile(join(data, name, `${name}${at}.png`));
  }
  const run = join(folder, "run");
  const net = { model: "convnet-gn", size: 8, steps: 1, selection: 0.5 };
  await train({ ...net, data, engine: "reference", out: run });
  const console = { out: { write: () => 0 }, err: { write: () => 0 } };
  const verbs = {
    eval: { verb: evaluate, named: [run] },
    predict: { verb: predict, named: [run, data] },
  };
  for (const [name, { verb, named }] of Object.entries(verbs)) {
    const drawn = join(folder, "drawn", name);
    const call = () => {
      const command = new Command().exitOverride();
      verb.define(command, console);
      const args = [...named, "--engine", "reference", "--draw", drawn];
      return command.parseAsync(args, { from: "user" });
    };
    await call();
    const [first] = readdirSync(drawn).sort();
    expect(first).toMatch(/\.png$/);
    await expect(call(), name).rejects.toThrow(`(it holds ${first}); choose a new folder`);
  }
});
