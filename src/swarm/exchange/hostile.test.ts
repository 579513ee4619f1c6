// Messages of a peer that means harm, or whose memory is broken: what is not as it was sent is refused as such, and no
// weight of it is ever taken. CONVOY_HOSTILE_MESSAGES sets how many are tried; the counts are printed.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { referenceEngine } from "../../engine/reference/index.js";
import { layoutOf } from "../../graph/index.js";
import { FormatError } from "../../tensor/formatError.js";
import { Random } from "../../tensor/index.js";
import { type Card, decodeCard, encodeCard, layoutHash, tensorsOf } from "./card.js";
import { folder } from "./folder.js";
import {
  decodeAttendance,
  decodePublication as decodeRecord,
  encodeAttendance,
  encodePublication as encodeRecord,
} from "./natsRecords.js";
import { decodePublication, encodePublication } from "./publication.js";
import { decodeSnapshot, decodeVector, encodeSnapshot, encodeVector } from "./wire.js";

const MESSAGES = Number(process.env["CONVOY_HOSTILE_MESSAGES"] ?? 7000);
const ROUNDS = Math.ceil(MESSAGES / 200);

const layout = layoutOf([{ name: "weight", shape: [8, 4], kind: "weight" }]);
const hash = layoutHash(layout);
const values = Float32Array.from({ length: 32 }, (_, at) => at / 7 - 2);
const snapshot = { particle: 1, healthy: true, lr: 0.1, loss: Number.NaN, score: 0.5 };
const record = { snapshot: "{}", blobs: [{ name: "position", length: 32, bytes: 200, crc: 7 }] };
const bounds = { particles: 3, most: 10_000 };
const vectors = new Map([["position", values]]);
const lengths = new Map([["position", 32]]);
const card: Card = {
  ...{ format: 1, settings: { lr: 0.1 }, model: "m", coupling: "pso", particles: 2, seed: 1 },
  ...{ source: "/d", data: "d", runs: "r", layout: { hash, tensors: tensorsOf(layout) } },
};

interface Kind {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
  /** What no damage may change. */
  readonly weights?: (found: never) => Float32Array;
}

const kinds: readonly Kind[] = [
  {
    name: "vector",
    bytes: encodeVector("position", values, hash),
    decode: (bytes) => decodeVector(bytes, { name: "position", length: 32, hash }, "peer"),
    weights: (found: Float32Array) => found,
  },
  {
    name: "publication",
    bytes: encodePublication({ round: 4, snapshot, vectors }, hash),
    decode: (bytes) =>
      decodePublication(bytes, { round: 4, particle: 1, lengths, hash }, "peer").vectors,
    weights: (found: ReadonlyMap<string, Float32Array>) => found.get("position") ?? values,
  },
  {
    name: "snapshot",
    bytes: encodeSnapshot(snapshot),
    decode: (bytes) => decodeSnapshot(bytes, 1, "peer"),
  },
  {
    name: "record",
    bytes: encodeRecord(record),
    decode: (bytes) => decodeRecord(bytes, bounds, "peer"),
  },
  {
    name: "attendance",
    bytes: encodeAttendance([record, undefined, record]),
    decode: (bytes) => decodeAttendance(bytes, bounds, "peer"),
  },
  { name: "card", bytes: encodeCard(card), decode: (bytes) => decodeCard(bytes, "peer") },
];

const words = [
  ...['{"__proto__":{"healthy":true}}', '{"particle":1e999}', "null", '"', "[".repeat(5000)],
  ...[`${"[".repeat(900)}${"]".repeat(900)}`, '{"present":[[0]]}', "\u0000", "9".repeat(4000), ""],
].map((text) => new TextEncoder().encode(text));

/** A damaged copy. */
function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = random.integer(copy.length);
  const word = words[random.integer(words.length)];
  const aligned = 4 * Math.floor(Math.min(at, copy.length - 4) / 4);
  const ways: readonly (() => Uint8Array)[] = [
    () => copy.with(at, copy[at] ^ (1 << random.integer(8))),
    () => copy.fill(random.integer(256), at, at + 1 + random.integer(16)),
    () => copy.subarray(0, at),
    () => Uint8Array.of(...copy, ...copy.subarray(at)),
    () => Uint8Array.of(...copy.subarray(0, at), ...word, ...copy.subarray(at)),
    () => copy.fill(255, aligned, aligned + 4),
    () => copy.copyWithin(at, random.integer(copy.length)),
    () => word,
  ];
  const found = ways[random.integer(ways.length)]();
  return Buffer.compare(found, bytes) === 0 ? mutated(bytes, random) : found;
}

const same = (a: Float32Array, b: Float32Array) =>
  Buffer.compare(new Uint8Array(a.buffer), new Uint8Array(b.buffer)) === 0;

test("damaged messages are refused as such, and no wrong weight comes of one", () => {
  const random = new Random({ seed: 1, purpose: "search" });
  const counts = { refused: 0, taken: 0, wrong: 0 };
  for (let at = 0; at < MESSAGES; at++) {
    const { name, bytes, decode, weights } = kinds[at % kinds.length];
    const message = mutated(bytes, random);
    try {
      const found = decode(message);
      counts.taken++;
      if (weights && !same(weights(found as never), values)) counts.wrong++;
    } catch (error) {
      expect(error, `${name}: ${Buffer.from(message).toString("hex")}`).toBeInstanceOf(FormatError);
      counts.refused++;
    }
  }
  console.log(`${MESSAGES} messages:`, counts);
  expect(counts.wrong).toBe(0);
  expect(counts.refused).toBeGreaterThan(MESSAGES / 2);
});

test("a list that stays empty, as of a process that was killed on a disk without links, is told", async () => {
  const path = temporaryFolder();
  const end = await folder({ path }).open({ particles: 1, layout, engine: referenceEngine() });
  mkdirSync(join(path, "rounds", "0"), { recursive: true });
  writeFileSync(join(path, "rounds", "0", "closed.json"), "");
  await end.publish(0, { ...snapshot, particle: 0 }, {});
  const waiting = end.round(0);
  const refused = expect(waiting).rejects.toThrow(
    /closed\.json, byte 0: it stays empty; delete it/,
  );
  const later = Date.now() + 11_000;
  setTimeout(() => vi.spyOn(Date, "now").mockReturnValue(later), 50);
  await refused.finally(() => vi.restoreAllMocks());
  await end.close();
});

test("a peer that fills a folder with garbage moves nobody to a wrong place", async () => {
  const path = temporaryFolder();
  const random = new Random({ seed: 2, purpose: "search" });
  const engine = referenceEngine();
  let refused = 0;
  const ends = await Promise.all(
    [0, 1].map((id) =>
      folder({ path, hosted: [id], onRefused: () => refused++ }).open({
        ...{ particles: 2, layout, engine },
      }),
    ),
  );
  const own = await Promise.all(
    [0, 1].map(async (id) => {
      const vector = engine.vector(layout.length);
      await vector.write(Float32Array.from(values, (value) => value + id));
      return vector;
    }),
  );
  const publish = (round: number, id: number) =>
    ends[id].publish(round, { ...snapshot, particle: id }, { position: own[id] });
  /** What an end knows of both: their points, or that they are absent. */
  const seen = async (round: number, id: number) => {
    const found = await ends[id].round(round);
    return Promise.all(
      found.map(async ({ healthy }, of) =>
        healthy ? (await ends[id].vector(of, "position", id)).read() : undefined,
      ),
    );
  };
  let absent = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const place = join(path, "rounds", String(round));
    mkdirSync(place, { recursive: true });
    const [own] = [encodePublication({ round, snapshot, vectors }, hash)];
    for (const name of ["1.bin", "2.bin", "x.bin", ".closed.json.1.tmp"]) {
      writeFileSync(join(place, name), mutated(own, random));
    }
    mkdirSync(join(path, "saved"), { recursive: true });
    writeFileSync(join(path, "saved", "x.json"), mutated(encodeSnapshot(snapshot), random));
    await publish(round, 0);
    // Half of the time the honest particle comes in time to put its own file in the place of the forged one.
    const inTime = random.uniform() < 0.5;
    if (inTime) await publish(round, 1);
    const first = seen(round, 0);
    if (!inTime) await first.then(() => publish(round, 1));
    const [a, b] = [await first, await seen(round, 1)];
    expect(b).toEqual(a);
    expect(a[0]).toEqual(values);
    if (a[1] === undefined) absent++;
    else expect(a[1]).toEqual(Float32Array.from(values, (value) => value + 1));
    if (inTime) expect(a[1]).toBeDefined();
  }
  await Promise.all(ends.map((end) => end.close()));
  console.log(
    `${ROUNDS} rounds: ${refused} forged files left out, ${absent} times a particle with them`,
  );
  expect(refused).toBe(absent);
  expect(absent).toBeGreaterThan(0);
});
