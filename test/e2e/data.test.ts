// Data of one's own as a user meets them: taken for what they are or named, found again where they lie now, and
// evaluated whole when they are not those of the run.

import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { convoy, scratch } from "./convoy.js";

const net = ["--model", "convnet-gn", "--size", "12", "--batch", "4", "--threads", "1"];

/** `count` images of a colour for each class folder. */
async function photos(folder: string, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const [at, [name, count]] of Object.entries(counts).entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let image = 0; image < count; image++) {
      const background = { r: at === 0 ? 200 + image : image, g: 0, b: at === 0 ? 0 : 200 + image };
      const file = join(folder, name, `${image}.png`);
      await sharp({ create: { width: 12, height: 12, channels: 3, background } }).toFile(file);
    }
  }
}

/** Messages but for that of images that took long to read, as on a busy machine. */
const messages = (err: string) => err.replace(/^decoded .*\n/gm, "");

const trained = async (cwd: string, ...args: string[]) => {
  const outcome = await convoy(["train", ...args, ...net], { cwd });
  expect(messages(outcome.err)).toBe("");
  return outcome;
};

test("other data are evaluated whole, their classes by name, though they show some only", async () => {
  const cwd = scratch();
  await photos(join(cwd, "data", "train"), { left: 8, right: 8 });
  await photos(join(cwd, "data", "test"), { left: 2, right: 2 });
  await photos(join(cwd, "new"), { left: 7, right: 9 });
  await trained(cwd, "data", "--epochs", "2", "--out", "a");
  const evaluated = async (data: string) => {
    const { code, out, err } = await convoy(["eval", "a", "--data", data, "--json"], { cwd });
    expect({ code, err: messages(err) }).toEqual({ code: 0, err: "" });
    return JSON.parse(out);
  };
  expect(await evaluated("new")).toMatchObject({ set: "all", images: 16 });
  writeFileSync(join(cwd, "new", "all.csv"), "file,class\nright/0.png,right\nright/1.png,right\n");
  expect(await evaluated("new/all.csv")).toMatchObject({ set: "all", images: 2 });
  rmSync(join(cwd, "new", "right"), { recursive: true });
  expect(await evaluated("new")).toMatchObject({ set: "all", images: 7 });
  cpSync(join(cwd, "data"), join(cwd, "moved"), { recursive: true });
  expect(await evaluated("moved")).toMatchObject({ set: "test", images: 4 });
  renameSync(join(cwd, "new", "left"), join(cwd, "new", "lfet"));
  const strange = await convoy(["eval", "a", "--data", "new"], { cwd });
  expect(strange.err).toMatch(
    /class "lfet" is not among those that the net knows \(did you mean "left"\?\)/,
  );
});

test("a run goes on from another folder, and where its data lie now, but not on others", async () => {
  const cwd = scratch();
  await photos(join(cwd, "data"), { left: 10, right: 10 });
  await trained(cwd, "data", "--steps", "2", "--out", "a");
  const elsewhere = join(cwd, "elsewhere");
  mkdirSync(elsewhere);
  const resume = (where: string, ...args: string[]) =>
    convoy(["train", ...args, "--resume", join(cwd, "a")], { cwd: where });
  expect(await resume(elsewhere, "--steps", "3")).toMatchObject({ code: 0 });
  renameSync(join(cwd, "data"), join(cwd, "moved"));
  expect((await resume(cwd, "--steps", "4")).err).toMatch(
    /data: the data of the run are not there any more; say where: convoy train NEW --resume .*a\n/,
  );
  expect((await convoy(["eval", "a"], { cwd })).err).toMatch(/say where: convoy eval a --data NEW/);
  expect((await resume(cwd, "moved", "--epochs", "9")).err).toMatch(/--pretrained .*a\n/);
  expect(await resume(cwd, "moved", "--steps", "4")).toMatchObject({ code: 0 });
  expect(await resume(elsewhere, "--steps", "5")).toMatchObject({ code: 0 });
  await photos(join(cwd, "other"), { left: 9, right: 10 });
  expect((await resume(cwd, "other", "--steps", "6")).err).toMatch(
    /made with other data: train was 20/,
  );
});

test("train in the folder of the data: its runs are no class, and the run has a name", async () => {
  const cwd = scratch();
  await photos(cwd, { left: 6, right: 6 });
  await trained(cwd, ".", "--steps", "2");
  const [run] = readdirSync(join(cwd, "runs"));
  expect(run).toMatch(/^convoy-\w+-convnet-gn-1$/);
  const { out } = await trained(cwd, ".", "--steps", "2");
  expect(out).toMatch(/data: left out of .*: runs\/, which hold runs/);
  expect(await convoy(["eval", join("runs", run)], { cwd })).toMatchObject({ code: 0 });
});

test("a table tells what was taken for what; tags and values train as they are", async () => {
  const cwd = scratch();
  await photos(cwd, { left: 10, right: 10 });
  const rows = ["left", "right"].flatMap((side) =>
    Array.from(
      { length: 10 },
      (_, at) => `${side}/${at}.png,${side};${at % 2 ? "odd" : "even"},${at / 2}`,
    ),
  );
  writeFileSync(join(cwd, "all.csv"), `photo,words,size\n${rows.join("\n")}\n`);
  const tags = await trained(
    cwd,
    ...[
      "all.csv",
      "--columns",
      "path=photo,tags=words",
      "--steps",
      "2",
      "--class-weights",
      "balanced",
    ],
    ...["--sampling", "balanced", "--focal", "1"],
  );
  expect(tags.out).toMatch(/data: all.csv: path = photo, tags \(words\) = words; not used: size/);
  const values = ["--columns", "path=photo,values=size", "--task", "values"];
  expect((await trained(cwd, "all.csv", ...values, "--steps", "2")).out).toMatch(/values = size/);
  const wrong = await convoy(["train", "all.csv", ...values, ...net, "--focal", "1"], { cwd });
  expect(wrong.err).toMatch(/setting focal is 1: task values, which cannot weigh classes/);
});

test("what is found goes into tables: a row for each image, and a row for each point", async () => {
  const cwd = scratch();
  await photos(cwd, { dots: 6 });
  const rows = Array.from({ length: 6 }, (_, at) => `${at}.png,${at + 2},${at + 3}`);
  writeFileSync(join(cwd, "dots", "points.csv"), `image,x,y\n${rows.join("\n")}\n`);
  const size = ["--size", "16", "--batch", "3", "--threads", "1"];
  const run = await convoy(["train", "dots", ...size, "--task", "points", "--out", "a"], { cwd });
  expect(run).toMatchObject({ code: 0 });
  expect(run.out).toContain("unet-8: ");
  expect(run.out).toContain("optimizer: adam, lr 0.003");
  const tables = ["--out", "counts.csv", "--places", "places.csv"];
  const said = await convoy(["predict", "a", "dots", ...tables], { cwd });
  expect(said).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^6 rows in counts.csv\n\d+ rows? in pl/),
  });
  expect(readFileSync(join(cwd, "counts.csv"), "utf8")).toMatch(/^file,object\n.*0.png,\d+\n/);
  const places = readFileSync(join(cwd, "places.csv"), "utf8");
  expect(places).toMatch(
    /^file,class,confidence,x,y\n(.*\.png,object,0\.\d+,-?[\d.e-]+,[\d.e-]+\n)*$/,
  );
  const none = await convoy(["predict", "a", "dots", "--places", "none.csv", "--confidence", "1"], {
    cwd,
  });
  expect(none.out).toBe("0 rows in none.csv\n");
  expect(readFileSync(join(cwd, "none.csv"), "utf8")).toBe("file,class,confidence,x,y\n");
  const far = await convoy(["predict", "a", "dots", "--confidence", "2"], { cwd });
  expect(far.err).toMatch(/--confidence is 2; expected a number from 0 to 1/);
});

test("whatever a run writes beside its data is none of the data", async () => {
  const cwd = scratch();
  await photos(cwd, { red: 6, blue: 6 });
  await trained(cwd, ".", "--epochs", "1");
  const [run] = readdirSync(join(cwd, "runs"));
  const { code, err } = await convoy(["eval", `runs/${run}`], { cwd });
  expect(code, err).toBe(0);
  const again = await trained(cwd, ".", "--epochs", "1");
  expect(again.out).toContain("images: 10 training, 2 selection");
  const { out: said } = await convoy(["predict", `runs/${run}`, ".", "--csv"], { cwd });
  expect(said).not.toContain("runs/");
});
