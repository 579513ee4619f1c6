// Tags of which an image has exactly one, as a user says so: checked, learnt, tuned, told of bands, in several views.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bandTiff } from "../support/bandTiff.js";
import { convoy, scratch } from "./convoy.js";

const WEATHER = ["--one-of", "clear,haze"];
const bands = ["--channels", "4"];

/** Chips whose brightness is the weather, and whose fourth band tells of a forest. */
async function chips(cwd: string): Promise<string[]> {
  mkdirSync(join(cwd, "chips"), { recursive: true });
  const rows = ["path,tags,split"];
  for (let at = 0; at < 24; at++) {
    const [haze, forest] = [at % 2 === 1, at % 3 === 0];
    const data = Uint16Array.from({ length: 8 * 8 * 4 }, (_, k) =>
      k % 4 === 3 ? (forest ? 3000 : 400) : (haze ? 2000 : 500) + 9 * at,
    );
    writeFileSync(join(cwd, "chips", `${at}.tif`), await bandTiff(data, { width: 8, bands: 4 }));
    const tags = [haze ? "haze" : "clear", ...(forest ? ["forest"] : [])];
    rows.push(`${at}.tif,${tags.join(";")},${at < 16 ? "train" : "test"}`);
  }
  return rows;
}

test("groups and bands go from the check of a table to its predictions", async () => {
  const cwd = scratch();
  const rows = await chips(cwd);
  const table = join(cwd, "chips", "chips.csv");
  writeFileSync(table, `${rows.join("\n").replace("3.tif,haze", "3.tif,haze;clear")}\n`);
  const checked = await convoy(["data", "check", table, ...bands, ...WEATHER], { cwd });
  expect(checked.code).toBe(2);
  expect(checked.out).toMatch(
    /unusable: .*3\.tif: has both "clear" and "haze", which exclude each other/,
  );

  writeFileSync(table, `${rows.join("\n")}\n`);
  const whole = await convoy(["data", "check", table, ...bands, ...WEATHER], { cwd });
  expect(whole.out).toMatch(
    /images of 16 bits have numbers from 400 to .*; --range train uses all/,
  );
  const limited = await convoy(["data", "check", table, ...bands, "--range", "train"], { cwd });
  expect(limited.out).toMatch(/which become 0 and 255: \d+-\d+,\d+-\d+,\d+-\d+,400-3000/);
  expect(limited.out).not.toContain("images of 16 bits have");
  const settings = ["--model", "convnet-gn", "--size", "8", "--batch", "4", "--epochs", "12"];
  const learnt = await convoy(
    [
      "train",
      table,
      ...bands,
      ...WEATHER,
      ...settings,
      "--range",
      "train",
      "--threads",
      "1",
    ].concat(["--lr", "0.01", "--out", "a"]),
    { cwd },
  );
  expect(learnt.code, learnt.err).toBe(0);
  expect(learnt.out).toMatch(/data: .* which become 0 and 255: .*,400-3000 \(range train\)/);
  const { settings: saved, net } = JSON.parse(readFileSync(join(cwd, "a", "config.json"), "utf8"));
  expect(saved).toMatchObject({ oneOf: "clear,haze", range: expect.stringMatching(/,400-3000$/) });
  const groups = net.names.map((name: string) => (name === "forest" ? -1 : 0));
  expect(net.constants).toEqual({ oneOf: groups });

  const others = ["--one-of", " haze, clear", "--range", "train"];
  const resumed = await convoy(["train", table, ...bands, ...others, "--resume", "a"], { cwd });
  expect(resumed.code, resumed.err).toBe(0);

  const tuned = await convoy(["tune", "decision", "a", "--views", "flip", "--json"], { cwd });
  expect(JSON.parse(tuned.out).constants.oneOf).toEqual(groups);
  const told = await convoy(["eval", "a", "--views", "dihedral", "--json"], { cwd });
  expect(JSON.parse(told.out)).toMatchObject({ images: 8, metrics: { consistent: 1 } });
  const said = await convoy(
    ["predict", "a", "chips/0.tif", "chips/1.tif", "--views", "flip", "--json"],
    { cwd },
  );
  for (const line of said.out.trim().split("\n")) {
    const { probabilities } = JSON.parse(line);
    expect(probabilities.clear + probabilities.haze).toBeCloseTo(1, 6);
  }
  const wrong = await convoy(["eval", "a", "--views", "mirror"], { cwd });
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("Allowed choices are flip, dihedral");
});

test("a check names tags of no image, and every image where all clash", async () => {
  const cwd = scratch();
  await chips(cwd);
  const check = (rows: string[], oneOf: string) => {
    writeFileSync(join(cwd, "chips", "few.csv"), `${rows.join("\n")}\n`);
    return convoy(["data", "check", "chips/few.csv", ...bands, "--one-of", oneOf], { cwd });
  };
  const table = ["path,clear,haze,fog", "0.tif,1,0,0", "1.tif,0,1,0"];
  expect((await check(table, "clear,haze,fog")).out).toMatch(/\ntrain: no image of fog\n/);
  const clashing = ["path,tags", "0.tif,clear;haze", "1.tif,haze;clear"];
  const { code, err } = await check(clashing, "clear,haze");
  expect([code, err.match(/[01]\.tif: has both "clear" and "haze"/g)]).toEqual([
    ...[2, ['0.tif: has both "clear" and "haze"', '1.tif: has both "clear" and "haze"']],
  ]);
});
