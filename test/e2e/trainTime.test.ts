// `convoy train --time` and `--watch`, as a user types them.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digitsFile } from "../support/digitsFile.js";
import { convoy, scratch } from "./convoy.js";
import { start } from "./openStudio.js";

const settings = ["--model", "lenet5", "--batch", "16", "--threads", "1"];

test("a time becomes epochs, which the run keeps", async () => {
  const cwd = scratch();
  const data = await digitsFile(cwd, 200);
  const args = ["train", data, ...settings, "--time", "3s", "--out", "run", "--json"];
  const { code, out, err } = await convoy(args, { cwd });
  expect(code).toBe(0);
  const [, told] = /time: ([\d,]+) epochs? of/.exec(err)!;
  const { epochs } = JSON.parse(out);
  expect(epochs).toBe(Number(told.replace(",", "")));
  const config = JSON.parse(readFileSync(join(cwd, "run", "config.json"), "utf8"));
  expect(config.settings.epochs).toBe(epochs);
  expect(config.settings.minutes).toBeUndefined();
});

test("a time that does not fit or is said beside epochs is refused, and leaves nothing", async () => {
  const cwd = scratch();
  const data = await digitsFile(cwd, 200);
  const refused = async (...args: string[]) => {
    const { code, err } = await convoy(["train", data, ...settings, ...args], { cwd });
    expect(code).toBe(2);
    return err;
  };
  expect(await refused("--time", "10ms")).toContain('"10ms" is no time; expected one as 90s, 30m');
  expect(await refused("--time", "1s", "--epochs", "2")).toContain("exclude each other");
  expect(await refused("--time", "1s", "--resume", "run")).toContain("--time goes with a new run");
  expect(await refused("--time", "0.001s")).toMatch(/an epoch takes [\d.]+ s here, and 0:00/);
  expect(readdirSync(cwd)).toEqual([data.slice(cwd.length + 1)]);
});

test("a run is watched in a page while it trains", async () => {
  const cwd = scratch();
  const data = await digitsFile(cwd, 200);
  const child = start(["train", data, ...settings, "--epochs", "100000", "--watch"], cwd);
  const address = await new Promise<URL>((resolve) => {
    let err = "";
    child.stderr!.on("data", (text) => {
      err += text;
      const [found] = /http:\/\/\S+/.exec(err) ?? [];
      if (found) resolve(new URL(found));
    });
  });
  const { headers } = await fetch(address, { redirect: "manual" });
  const [cookie] = headers.get("set-cookie")!.split(";");
  const answer = await fetch(new URL("/", address), { headers: { cookie } });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain("<html");
  expect((await fetch(new URL("/api/runs", address))).status).toBe(401);
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(existsSync(join(cwd, "runs"))).toBe(true);
  await expect(fetch(address)).rejects.toThrow();
});
