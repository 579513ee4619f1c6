import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { lockFolder } from "../files/lock.js";
import type { NumberTable, PartChange } from "./api.js";
import { findRuns, isInPlace } from "./findRuns.js";
import { readOwn, readPiece, stampOf } from "./ownFile.js";
import { confusionOf, placesOf } from "./parts.js";
import { RunList } from "./runList.js";
import { RunReader, RunWatch } from "./runWatch.js";
import { LossMeans, StepLogReader } from "./stepLog.js";

/** A folder as `realpath` tells it. */
const folder = () => realpathSync(temporaryFolder());

/** What makes a folder a run's, to the eye. */
function begin(path: string): void {
  mkdirSync(join(path, "weights"), { recursive: true });
  writeFileSync(join(path, "config.json"), "{}");
}

test("runs are found however deep, and no link, hidden folder or other program's config is one", () => {
  const [root, outside] = [folder(), folder()];
  begin(join(root, "b/deep/run"));
  begin(join(root, "a"));
  begin(join(root, ".hidden"));
  begin(join(root, "node_modules/x"));
  begin(join(outside, "secret"));
  mkdirSync(join(root, "program"));
  writeFileSync(join(root, "program/config.json"), "{}");
  symlinkSync(join(outside, "secret"), join(root, "link"));
  symlinkSync(outside, join(root, "b/out"));
  const found = findRuns(root);
  expect(found.map(({ path }) => path)).toEqual(["a", "b/deep/run"]);
  expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  expect(found.every(({ id }) => /^[\da-f]{16}$/.test(id))).toBe(true);
  expect(found.every(isInPlace)).toBe(true);

  rmSync(join(root, "a"), { recursive: true });
  symlinkSync(join(outside, "secret"), join(root, "a"));
  expect(isInPlace(found[0])).toBe(false);
  expect(findRuns(join(root, "b/deep/run"))[0].path).toBe("run");
});

test("what is no plain file of the folder is not read", () => {
  const root = folder();
  const at = (name: string) => join(root, name);
  writeFileSync(at("file"), "abcdef");
  symlinkSync(at("file"), at("link"));
  mkdirSync(at("folder"));
  expect(readOwn(at("file"))).toBe("abcdef");
  expect(`${readPiece(at("file"), 2, 3)}`).toBe("cde");
  expect(readPiece(at("file"), 9, 3)).toHaveLength(0);
  expect(readPiece(at("nothing"), 0, 3)).toHaveLength(0);
  expect(readOwn(at("file"), 5)).toBeUndefined();
  for (const name of ["link", "folder", "none"]) {
    expect(readOwn(at(name)), name).toBeUndefined();
    expect(stampOf(at(name)), name).toBe("");
  }
  const before = stampOf(at("file"));
  appendFileSync(at("file"), "g");
  expect(stampOf(at("file"))).not.toBe(before);
});

test("losses are kept as means of more and more steps", () => {
  const means = new LossMeans();
  for (let step = 0; step < 3200; step++) means.add(step);
  expect(means.every).toBe(8);
  expect(means.losses).toHaveLength(400);
  expect(means.losses[0]).toBe(3.5);
  expect(means.losses[399]).toBe(3195.5);
});

test("metrics.jsonl is read on, line by line, and from its start when it is another one", () => {
  const path = join(folder(), "metrics.jsonl");
  const log = new StepLogReader(path);
  expect(log.read()).toBeNull();
  writeFileSync(path, '{"type":"step","loss":2}\nnot JSON\n{"type":"st');
  expect(log.read()).toEqual({ losses: [2], every: 1, rescues: [] });
  const rescue = { particle: 1, from: 0, loss: 3, fromLoss: 1 };
  const round = { type: "round", epoch: 4, rescued: [{ ...rescue, more: 1 }, { particle: "x" }] };
  appendFileSync(path, `ep","loss":1}\n${JSON.stringify(round)}\n`);
  expect(log.read()).toEqual({ losses: [2, 1], every: 1, rescues: [{ epoch: 4, ...rescue }] });
  writeFileSync(path, '{"type":"step","loss":7}\n');
  expect(log.read()?.losses).toEqual([7]);
});

test("damaged tables are none", () => {
  expect(confusionOf("true class,a,b\na,1,2\nb,3,4\n")?.counts).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(confusionOf("true class,'=a\n'=a,1\n")?.classes).toEqual(["=a"]);
  for (const text of ["", "true class,a\na,1,2\n", "true class,a\na,x\n", 'true class,a\n"a']) {
    expect(confusionOf(text), text).toBeNull();
  }
  const head = "epoch,particle,s0,s1\n";
  const places = placesOf(`${head}1,0,1,0\n1,1,3,0\n2,0,,0\n2,1,5,0\n`);
  expect(places?.points.map((point) => point.map(Math.round))).toEqual([
    [1, 0, 2, 0],
    [1, 1, 0, 0],
    [2, 1, -2, 0],
  ]);
  expect(placesOf(`${head}1,0,1,0\n`)).toBeNull();
});

test("a run with hostile files is told as far as it can be, and others beside it", async () => {
  const root = folder();
  const odd = join(root, "odd");
  await trainTiny({ out: odd, epochs: 2, swarm: "pso", particles: 2, augment: "" });
  begin(join(root, "other"));
  const [run] = findRuns(root);
  const at = (name: string) => join(odd, name);
  // Numbers that have no plane, a link to itself, a lock that is no lock, a table of very many columns, a line without end.
  writeFileSync(at("places.csv"), "a,b,c\n1,2,3\n2,1e300,1e300\n3,-5,-1e308\n");
  rmSync(at("results.csv"));
  symlinkSync("results.csv", at("results.csv"));
  writeFileSync(at("run.lock"), "x".repeat(1e6));
  writeFileSync(at("particles.csv"), `${"a,".repeat(2e5)}a\n`);
  const changes = new RunWatch(new RunReader(run)).changes();
  expect(changes.map(({ part }) => part)).toEqual([
    "head",
    "particles",
    "swarm",
    "log",
    "summary",
    "confusion",
    "confused",
  ]);
  expect(new RunList(root).rows().map(({ path }) => path)).toEqual(["odd", "other"]);
});

test("of a long metrics.jsonl all steps count, and of a line without end nothing", () => {
  const path = join(folder(), "metrics.jsonl");
  const step = `{"type":"step","loss":2,"more":"${"x".repeat(1000)}"}\n`;
  writeFileSync(path, `{"type":"step","loss":1}\n${step.repeat(9000)}`);
  const reader = new StepLogReader(path);
  const { losses, every } = reader.read()!;
  expect(losses.length * every).toBeGreaterThan(9000 - every);
  writeFileSync(path, "y".repeat(9e6));
  expect(reader.read()?.losses).toEqual([]);
  appendFileSync(path, '\n{"type":"step","loss":3}\n');
  expect(reader.read()?.losses).toEqual([3]);
});

/** A change's part, and how it is told. */
const kindOf = (change: PartChange) => `${change.part} ${"from" in change ? change.from : "all"}`;

test("a run is told whole, then by what has changed", async () => {
  const root = folder();
  await trainTiny({ out: join(root, "run"), swarm: "pso", particles: 2, augment: "" });
  const [run] = findRuns(root);
  const watch = new RunWatch(new RunReader(run));
  const first = watch.changes();
  const parts = [
    "head",
    "results",
    "particles",
    "swarm",
    "log",
    "places",
    "summary",
    "confusion",
    "confused",
  ];
  expect(first.map(kindOf)).toEqual(parts.map((name) => `${name} all`));
  const told = (name: string) =>
    first.find(({ part }) => part === name) as PartChange & { value: never };
  const head = { path: "run", state: "finished", model: "tiny", score: { metric: "accuracy" } };
  expect(told("head").value).toMatchObject(head);
  const results = told("results").value as NumberTable;
  expect(results.rows).toHaveLength(3);
  expect((told("particles").value as NumberTable).rows).toHaveLength(6);
  expect(watch.changes()).toEqual([]);

  const table = join(run.folder, "results.csv");
  const row = results.rows[2].map((value) => value ?? "").join(",");
  appendFileSync(table, `${row}\n${row.slice(0, 5)}`);
  expect(watch.changes()).toEqual([{ part: "results", from: 3, rows: [results.rows[2]] }]);
  writeFileSync(table, readFileSync(table, "utf8").split("\n").slice(0, 2).join("\n").concat("\n"));
  expect(watch.changes().map(kindOf)).toEqual(["results all"]);
  writeFileSync(join(run.folder, "live.json"), '{"epoch":"<b>"}');
  expect(watch.changes()).toEqual([]);
});

test("a list has a row for each run, at work, at its end, left and unreadable", async () => {
  const root = folder();
  const done = join(root, "done");
  await trainTiny({ out: done, epochs: 2 });
  for (const name of ["left", "busy"]) {
    cpSync(done, join(root, name), { recursive: true });
    rmSync(join(root, name, "summary.json"));
  }
  begin(join(root, "odd"));
  const lock = lockFolder(join(root, "busy"));
  const list = new RunList(root);
  const rows = list.rows();
  lock.release();
  expect(rows.map(({ path, state }) => [path, state])).toEqual([
    ["busy", "running"],
    ["done", "finished"],
    ["left", "stopped"],
    ["odd", "unreadable"],
  ]);
  const known = {
    model: "tiny",
    task: "classify",
    data: "stripes",
    epochs: { done: 2, planned: 2 },
  };
  expect(rows[1]).toMatchObject({ ...known, best: expect.any(Number), test: expect.any(Number) });
  expect(rows[1].curve).toHaveLength(2);
  expect(rows[2].test).toBeUndefined();
  expect(rows[3].fault).toContain("expected the config.json of a Convoy run");
  expect(list.find(rows[0].id)?.folder).toBe(join(root, "busy"));
  expect(list.find("../done")).toBeUndefined();
  expect(list.rows()[0].state).toBe("stopped");
  rmSync(dirname(join(done, "x")), { recursive: true });
  expect(list.rows()).toHaveLength(3);
});
