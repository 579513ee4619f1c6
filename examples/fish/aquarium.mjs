// Films an aquarium that does not exist: frames of ten habitats, their fish marked in the two ways that people mark them.
//
//   node examples/fish/aquarium.mjs OUT [SEED] [FRAMES] [FIRST]
//
// SEED (default 1) decides habitats and fish; FRAMES (default 90) is how many each habitat has, from its frame FIRST (default 0)
// on, so that a film can go on later. It writes
//
//   frames/*.png      64x64 in colour
//   masks/*.png       1 where a pixel shows fish, else 0
//   points.csv        path,x,y,habitat: a row for each fish; one without numbers for a frame that has none
//   masks.csv         path,mask,habitat
//   frames.csv        path,time,habitat,fish,touching: how many fish there are, and how many of them touch another one
//
// The first two tables have a column for each way to split: `random`, of all frames, and `without-0` to `without-9`, whose
// test part is one habitat, which no other part shows.
//
// A fish is marked by the pixel of it that lies nearest to the middle of what is seen of it. One of which less than a
// quarter or fewer than 12 pixels are seen is not told from its neighbour: it has no point and does not count, but its
// pixels stay fish.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "convoynet/tensor";
import sharp from "sharp";
import { frame, habitat } from "./scene.mjs";

const [out, seed = "1", frames = "90", begin = "0"] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/fish/aquarium.mjs OUT [SEED] [FRAMES] [FIRST]");
  process.exit(2);
}
const SIDE = 64;
const HABITATS = 10;
/** What must be seen of a fish that counts. */
const LEAST = { pixels: 12, share: 0.25 };

/** Fish that are seen well enough: a point in each, and whether it touches another one. */
function marked({ owners, areas }) {
  const place = (at) => [at % SIDE, Math.floor(at / SIDE)];
  const seen = areas.map(() => []);
  for (const [at, owner] of owners.entries()) if (owner > 0) seen[owner - 1].push(at);
  return seen.flatMap((pixels, k) => {
    if (pixels.length < LEAST.pixels || pixels.length < LEAST.share * areas[k]) return [];
    const middle = [0, 1].map(
      (axis) => pixels.reduce((sum, at) => sum + place(at)[axis], 0) / pixels.length,
    );
    const away = (at) => Math.hypot(place(at)[0] - middle[0], place(at)[1] - middle[1]);
    const [x, y] = place(pixels.reduce((best, at) => (away(at) < away(best) ? at : best)));
    const isOther = (near) => owners[near] > 0 && owners[near] !== k + 1;
    const touching = pixels.some((at) => [-1, 1, -SIDE, SIDE].some((step) => isOther(at + step)));
    return [{ x: x + 0.5, y: y + 0.5, touching }];
  });
}

/** A part for each of some frames, in random order: a ninth chooses, others test if any shall, the rest are learnt from. */
function parts(numbers, step, tested) {
  const order = new Random({ seed: Number(seed), purpose: "split", step }).permutation(
    numbers.length,
  );
  const chosen = Math.round((HABITATS * Number(frames)) / 9);
  const partOf = (rank) => (rank < chosen ? "val" : rank < chosen + tested ? "test" : "train");
  return new Map(Array.from(order, (at, rank) => [numbers[at], partOf(rank)]));
}

const numbers = Array.from(
  { length: HABITATS * Number(frames) },
  (_, at) => HABITATS * Number(begin) + at,
);
const habitatOf = (at) => at % HABITATS;
const splits = new Map([["random", parts(numbers, 0, Math.round((2 * numbers.length) / 9))]]);
for (let own = 0; own < HABITATS; own++) {
  const others = numbers.filter((at) => habitatOf(at) !== own);
  splits.set(`without-${own}`, parts(others, 1 + own, 0));
}
const partsOf = (at) => [...splits.values()].map((of) => of.get(at) ?? "test");

for (const folder of ["frames", "masks"]) mkdirSync(join(out, folder), { recursive: true });
const places = Array.from({ length: HABITATS }, (_, own) => habitat(Number(seed), own));
const start = Date.parse("2026-01-05T06:00:00Z");
const tables = {
  points: [["path", "x", "y", "habitat", ...splits.keys()]],
  masks: [["path", "mask", "habitat", ...splits.keys()]],
  frames: [["path", "time", "habitat", "fish", "touching"]],
};
for (const at of numbers) {
  const own = `reef-${habitatOf(at)}`;
  const turn = Math.floor(at / HABITATS);
  const { pixels, owners, areas } = frame(Number(seed), places[habitatOf(at)], at, SIDE);
  const name = `${own}-${String(turn).padStart(3, "0")}.png`;
  const write = (path, data, channels) =>
    sharp(data, { raw: { width: SIDE, height: SIDE, channels } })
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .png()
      .toFile(join(out, path));
  await write(`frames/${name}`, pixels, 3);
  const mask = owners.map((owner) => Math.min(1, owner));
  await write(`masks/${name}`, mask, 1);
  const fish = marked({ owners, areas });
  const rest = [own, ...partsOf(at)];
  const rows = fish.length > 0 ? fish : [{ x: "", y: "" }];
  for (const { x, y } of rows) tables.points.push([`frames/${name}`, x, y, ...rest]);
  tables.masks.push([`frames/${name}`, `masks/${name}`, ...rest]);
  const time = new Date(start + 600_000 * turn).toISOString();
  const touching = fish.filter((one) => one.touching).length;
  tables.frames.push([`frames/${name}`, time, own, fish.length, touching]);
}
for (const [name, rows] of Object.entries(tables)) {
  writeFileSync(join(out, `${name}.csv`), `${rows.map((row) => row.join(",")).join("\n")}\n`);
}
