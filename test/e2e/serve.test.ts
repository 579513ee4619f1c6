// `convoy serve` as a user types it: a run answers over HTTP as `convoy predict --json` does, and ends when it is told to.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { digitsFile } from "../support/digitsFile.js";
import { convoy, root, scratch } from "./convoy.js";

const threads = ["--threads", "1"];

/** Starts a server; gives its process, where it listens, and what it has written. */
async function serving(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  const command = [join(root, "bin", "convoy.mjs"), "serve", ...args, "--port", "0", ...threads];
  const child = spawn(process.execPath, command, { cwd, env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  child.stderr.on("data", (text) => (out += text));
  for await (const text of child.stdout) {
    out += text;
    const [, address] = /POST an image to (\S+)\/predict/.exec(out) ?? [];
    if (address !== undefined) return { child, address, out: () => out };
  }
  throw new Error(`no server: ${out}`);
}

test("a run is served as it predicts, and ends with what waits answered", async () => {
  const cwd = scratch();
  const data = await digitsFile(cwd, 200);
  const settings = ["--model", "lenet5", "--epochs", "1", "--batch", "16", "--out", "run"];
  expect((await convoy(["train", data, ...settings, ...threads], { cwd })).code).toBe(0);
  const pixels = Uint8Array.from({ length: 784 }, (_, at) => (at * 7) % 256);
  await sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } }).toFile(join(cwd, "a.png"));
  const asked = ["predict", "run", "a.png", "--top", "2", "--json", ...threads];
  const { file: _, ...expected } = JSON.parse((await convoy(asked, { cwd })).out);

  const { child, address, out } = await serving(["run", "--top", "2"], cwd);
  const body = readFileSync(join(cwd, "a.png"));
  const answer = await fetch(`${address}/predict`, { method: "POST", body });
  expect(await answer.json()).toEqual(expected);
  expect(await (await fetch(`${address}/`)).json()).toMatchObject({ model: "lenet5" });
  const busy = await convoy(["serve", "run", "--port", new URL(address).port, ...threads], { cwd });
  expect(busy.code).toBe(2);
  expect(busy.err).toMatch(
    /^convoy: port \d+ of 127\.0\.0\.1 cannot be opened \(EADDRINUSE\); choose another one\n$/,
  );

  const exit = once(child, "exit");
  child.kill("SIGTERM");
  expect(await exit).toEqual([0, null]);
  expect(out()).toMatch(/^answering what waits; one more signal \(Ctrl-C\) ends at once$/m);
});

test.each([
  ["no run", ["nothing"], /no run/],
  [
    "a batch of no power of two",
    ["nothing", "--batch", "6"],
    /batch is 6: expected a power of two/,
  ],
  ["a port that is none", ["nothing", "--port", "x"], /"x" is not a number/],
])("%s is refused", async (_, args, message) => {
  const { code, err } = await convoy(["serve", ...args], { cwd: scratch() });
  expect(err).toMatch(message);
  expect(code).toBe(2);
});
