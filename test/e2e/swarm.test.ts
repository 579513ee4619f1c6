// A swarm of several processes that share a folder gives what one process gives, also when some are killed.

import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { runFiles } from "../../src/runs/runFiles.js";
import { train } from "../../src/runs/train.js";
import type { SwarmParticle } from "../../src/studio/swarmStatus.js";
import type { TrainSettings } from "../../src/train/index.js";
import { stripesFile } from "../support/stripesFile.js";
import { convoy, root, scratch } from "./convoy.js";

const PARTICLES = 3;
const EPOCHS = 3;
const swarm = { swarm: "pso", particles: PARTICLES, model: "convnet-gn", epochs: EPOCHS } as const;
const settings = { ...swarm, batch: 20, lr: 0.02, engine: "native", threads: 1 } as const;
const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);

const bytesOf = (folder: string, file: "best" | "summary") =>
  readFileSync(join(folder, runFiles[file]));

/** The swarm of one process. */
async function alone(folder: string, data: string, changed: Partial<TrainSettings> = {}) {
  const out = join(folder, "alone");
  return { out, summary: await train({ ...settings, data, out, ...changed }) };
}

function expectSame(out: string, { out: expected, summary }: Awaited<ReturnType<typeof alone>>) {
  expect(bytesOf(out, "best").equals(bytesOf(expected, "best"))).toBe(true);
  const found = JSON.parse(bytesOf(out, "summary").toString());
  expect(found).toMatchObject({
    ...{ best: summary.best, test: summary.test, particles: summary.particles },
    ...{ epochs: EPOCHS, run: basename(out) },
  });
}

test("three processes give the bytes of one, and keep few files", async () => {
  const folder = scratch();
  const data = stripesFile(folder);
  const exchange = ["--exchange", `folder:${join(folder, "place")}`];
  const worker = ["worker", ...exchange, "--host", "1", "--threads", "1", "--quiet"];
  const [whole, ...ends] = await Promise.all([
    alone(folder, data),
    ...[1, 2].map(() => convoy(worker, { cwd: folder })),
    convoy(["train", data, ...flags, ...exchange, "--out", "run", "--quiet"], { cwd: folder }),
  ]);
  expect(ends.map(({ code, err }) => [code, err])).toEqual(ends.map(({ err }) => [0, err]));
  const hosted = ends.flatMap(({ err }) => err.match(/particle \d is trained here/g) ?? []);
  expect(new Set(hosted).size).toBe(PARTICLES);
  expectSame(join(folder, "run"), whole);
  expect(readdirSync(join(folder, "place", "rounds")).length).toBeLessThanOrEqual(EPOCHS);
}, 60_000);

/** Starts a process and waits until it has published in a round. */
async function untilRound(args: readonly string[], cwd: string, place: string, round: number) {
  const child = spawn(process.execPath, [join(root, "bin", "convoy.mjs"), ...args], { cwd });
  const published = () => existsSync(join(place, "rounds", String(round), "closed.json"));
  while (!published()) await new Promise((resolve) => setTimeout(resolve, 5));
  return child;
}

/** Numbers of the particles that somebody has taken. */
const particlesIn = (place: string) =>
  readdirSync(join(place, "particles")).filter((name) => /^\d+$/.test(name));

const killed = (child: ChildProcess) =>
  new Promise((resolve) => {
    child.once("close", resolve);
    child.kill("SIGKILL");
  });

test("a swarm whose only process is killed again and again ends with the same bytes, by whoever comes", async () => {
  const folder = scratch();
  const data = stripesFile(folder);
  const place = join(folder, "place");
  const exchange = ["--exchange", `folder:${place}`];
  const whole = await alone(folder, data);
  const train = ["train", data, ...flags, ...exchange, "--out", "run", "--quiet"];
  await killed(await untilRound(train, folder, place, 0));
  const worker = ["worker", ...exchange, "--quiet", "--threads", "1"];
  await killed(await untilRound(worker, folder, place, 1));
  // As when the last of them was killed between the two renames of a state that is saved.
  for (const id of particlesIn(place)) {
    const [last, previous] = [runFiles.state, runFiles.previousState].map((name) =>
      join(place, "particles", id, name),
    );
    if (existsSync(last)) renameSync(last, previous);
  }
  const end = await convoy(train, { cwd: folder });
  expect([end.code, end.err]).toEqual([0, end.err]);
  expectSame(join(folder, "run"), whole);
}, 60_000);

test("particles that were killed before their first checkpoint begin anew, with the same bytes", async () => {
  const folder = scratch();
  const data = stripesFile(folder);
  const place = join(folder, "place");
  // Its rounds are steps, so that something is logged before anything is saved.
  const gossip = { swarm: "gossip" } as const;
  const whole = await alone(folder, data, gossip);
  const train = ["train", data, ...flags, "--swarm", "gossip", "--exchange", `folder:${place}`];
  const rest = ["--out", "run", "--quiet", "--json"];
  await killed(await untilRound([...train, ...rest], folder, place, 1));
  const began = particlesIn(place).filter((id) => {
    const own = (name: string) => join(place, "particles", id, name);
    for (const state of [runFiles.state, runFiles.previousState])
      rmSync(own(state), { force: true });
    return readFileSync(own(runFiles.metrics), "utf8") !== "";
  });
  expect(began.length).toBeGreaterThan(0);
  const end = await convoy([...train, ...rest], { cwd: folder });
  expect([end.code, end.err]).toEqual([0, end.err]);
  expectSame(join(folder, "run"), whole);
  expect(JSON.parse(end.out)).toEqual(
    JSON.parse(bytesOf(join(folder, "run"), "summary").toString()),
  );
}, 60_000);

test("who waits for others ends at the first Ctrl-C; the swarm is shown, and goes on to the same bytes", async () => {
  const folder = scratch();
  const data = stripesFile(folder);
  const place = join(folder, "place");
  const exchange = `folder:${place}`;
  const none = await convoy(["swarm", exchange], { cwd: folder });
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("there is no swarm yet")]);
  const whole = await alone(folder, data);
  const train = ["train", data, ...flags, "--exchange", exchange, "--out", "run", "--quiet"];
  await killed(await untilRound(train, folder, place, 0));
  const worker = ["worker", "--exchange", exchange, "--host", "1", "--threads", "1"];
  const child = spawn(process.execPath, [join(root, "bin", "convoy.mjs"), ...worker]);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const status = async () =>
    JSON.parse((await convoy(["swarm", exchange, "--json"], { cwd: folder })).out);
  const hosts = async () =>
    (await status()).particles.filter(({ host }: SwarmParticle) => host?.pid === child.pid);
  while ((await hosts()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(await status()).toMatchObject({ coupling: "pso", model: "convnet-gn", epochs: EPOCHS });
  expect((await convoy(train, { cwd: folder })).code).toBe(0);
  expectSame(join(folder, "run"), whole);
  const shown = await convoy(["swarm", exchange], { cwd: folder });
  expect(shown.out).toMatch(/all were there\n\nparticle +state/);
  expect(shown.out.match(/finished/g)).toHaveLength(PARTICLES);
}, 60_000);

test("another swarm, another place, another data set are refused in words", async () => {
  const folder = scratch();
  const data = stripesFile(folder);
  const exchange = ["--exchange", `folder:${join(folder, "place")}`];
  const short = ["--steps", "1", "--particles", "1", "--quiet"];
  const first = await convoy(["train", data, ...flags, ...short, ...exchange], { cwd: folder });
  expect(first.code, first.err).toBe(0);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ["train", data, ...flags, ...short, "--model", "lenet5", ...exchange],
      /setting model "convnet-gn", here it is "lenet5"/,
    ],
    [["train", data, ...flags, "--exchange", "floder:x"], /expected folder:PLACE.*did you mean/s],
    [["train", data, "--exchange", "folder:x"], /name a coupling/],
    [["train", data, ...flags, "--wait", "5"], /--wait goes with --exchange/],
    [["train", data, ...flags, "--host", "1"], /--host goes with --exchange/],
    [["train", "--resume", "run", ...exchange], /--resume does not go with --exchange/],
    [["worker", "--exchange", `folder:${data}`], /data\.npz.*there is no such file/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await convoy(args, { cwd: folder });
    expect(code, args.join(" ")).toBe(2);
    expect(err).toMatch(message);
  }
  // As by a server on which the swarm has another name, while its runs lie in the same folder.
  const card = join(folder, "place", "card.json");
  const before = readFileSync(card);
  rmSync(card);
  const other = ["--seed", "9", "--out", "other"];
  const stolen = await convoy(["train", data, ...flags, ...short, ...other, ...exchange], {
    cwd: folder,
  });
  expect(stolen.err).toMatch(/particles: its swarm has setting seed .*, here it is 9/);
  cpSync(data, join(folder, "other.npz"));
  const where = await convoy(["train", "other.npz", ...flags, ...short, ...exchange], {
    cwd: folder,
  });
  expect(where.err).toMatch(/its swarm was trained on .*, not on other.npz/);
  expect([stolen.code, where.code, existsSync(join(folder, "other"))]).toEqual([2, 2, false]);
  writeFileSync(card, before);
  rmSync(join(folder, "place", "particles"), { recursive: true });
  const anew = await convoy(["train", data, ...flags, ...short, ...exchange], { cwd: folder });
  expect(anew.code).toBe(2);
  expect(anew.err).toMatch(/the runs of its swarm lie in another folder, or were deleted/);
  writeFileSync(join(folder, "place", "card.json"), "{}");
  const { err } = await convoy(["worker", ...exchange], { cwd: folder });
  expect(err).toMatch(/card.json, byte 0: format is wrong/);
}, 60_000);
