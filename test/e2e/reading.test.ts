// Lines that are made, learnt and read, as a user does it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCsv } from "../../src/text/csv.js";
import { convoy, scratch } from "./convoy.js";

test("staves are made, learnt by heart, read as music, and written", async () => {
  const cwd = scratch();
  const made = "make staves --bars 1 --count 4 --seed 3 --out staves".split(" ");
  expect(await convoy(made, { cwd })).toMatchObject({
    code: 0,
    out: "6 staves (4 for training) in staves/texts.csv\n",
  });
  // Each training image 30 times an epoch, for there is nothing to gain from looking at the others more often.
  const table = join(cwd, "staves/texts.csv");
  const [head, ...rows] = readFileSync(table, "utf8").trim().split("\n");
  const training = rows.filter((line) => line.startsWith("train/"));
  const others = rows.filter((line) => !line.startsWith("train/"));
  const again = Array.from({ length: 30 }, () => training).flat();
  writeFileSync(table, `${[head, ...again, ...others].join("\n")}\n`);
  const settings =
    "--channels 1 --size 24 --batch 4 --epochs 4 --lr 0.005 --schedule constant --threads 1 --quiet --out run";
  const { code, err } = await convoy(["train", "staves", ...settings.split(" ")], { cwd });
  expect([code, err]).toEqual([0, expect.any(String)]);

  const image = "staves/train/000001.png";
  const [, , row] = parseCsv(readFileSync(table, "utf8"), "texts.csv");
  const [path, , signs, semantic] = row.cells;
  expect(path).toBe("train/000001.png");
  const read = await convoy(`score run ${image} --out m.musicxml --midi m.mid --json`.split(" "), {
    cwd,
  });
  const said = JSON.parse(read.out);
  expect(said).toMatchObject({
    signs: signs.split(" "),
    semantic: semantic.split(" "),
    uneven: [],
  });
  expect(readFileSync(join(cwd, "m.musicxml"), "utf8")).toContain("<score-partwise");
  expect(readFileSync(join(cwd, "m.mid"), "latin1").slice(0, 4)).toBe("MThd");

  const predicted = await convoy(`predict run ${image} --json`.split(" "), { cwd });
  expect(JSON.parse(predicted.out)).toMatchObject({ text: signs, rejected: false });
  const decided = await convoy("tune decision run".split(" "), { cwd });
  expect(decided.out).toContain("a string");

  // A net that has read nothing of music says what it read.
  const wrong = await convoy(`score run ${image} --out ${image}`.split(" "), { cwd });
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("is one of the images")]);
}, 120_000);
