import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { expect, test } from "vitest";
import { digitsFile } from "../../test/support/digitsFile.js";
import { temporaryFolder } from "../../test/support/tinyRun.js";
import { openNpz } from "../tensor/index.js";
import { define } from "./encode.js";

/** What the verb prints, and the arrays that it writes. */
async function encode(out: string, ...args: readonly string[]) {
  let printed = "";
  const command = new Command().exitOverride();
  const stream = { write: (text: string) => (printed += text) };
  define(command, { out: stream, err: stream });
  await command.parseAsync([...args, "--out", out, "--engine", "reference"], { from: "user" });
  return { printed, arrays: openNpz(readFileSync(out)) };
}

test("codes with their labels, and the same ones by the encoder that was saved", async () => {
  const folder = temporaryFolder();
  const data = await digitsFile(folder, 40);
  const [first, second, saved] = ["a.npz", "b.npz", "encoder.json"].map((name) =>
    join(folder, name),
  );
  const fitted = await encode(first, "rbm:hidden=6:epochs=1", data, "--save", saved);
  expect(fitted.printed).toContain("train_features f32 [40, 6]");
  expect(fitted.arrays.read("train_labels").data).toHaveLength(40);
  const opened = await encode(second, saved, data);
  expect(opened.arrays.read("train_features").data).toEqual(
    fitted.arrays.read("train_features").data,
  );
  await expect(encode(second, saved, data, "--save", saved)).rejects.toThrow(/no effect/);
});

test("says what cannot be used before it computes", async () => {
  const folder = temporaryFolder();
  const data = await digitsFile(folder, 20);
  const out = join(folder, "out.npz");
  await expect(encode(out, "rbn", data)).rejects.toThrow(/"rbn".*rbm/);
  await expect(encode(out, "rbm:hidden=many", data)).rejects.toThrow(
    /hidden is many; expected a number/,
  );
  await expect(encode(join(folder, "out.csv"), "pca", data)).rejects.toThrow(/\.npz/);
  const broken = join(folder, "broken.json");
  writeFileSync(broken, '{"encoder": "pca"}');
  await expect(encode(out, broken, data)).rejects.toThrow(/broken\.json: .*expected an encoder/);
  expect(existsSync(out)).toBe(false);
});
