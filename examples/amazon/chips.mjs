// Satellite chips that nobody photographed: forest of value noise, rivers, roads, fields, huts and burnt ground under four
// kinds of weather, as TIFF files of 64x64 with red, green, blue and near infrared of 16 bits, and a table of their tags.
//
//   node examples/amazon/chips.mjs OUT
//
// Everything is drawn at random from a seed: the same command makes the same chips. Clouds hide what lies below; under a
// closed cover (`cloudy`) a chip has no other tag, as in the contest's data.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "convoynet/tensor";
import { writeArrayBuffer } from "geotiff";

const [out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/amazon/chips.mjs OUT");
  process.exit(2);
}

const SIDE = 64;
const BANDS = 4;
const parts = { train: 2000, selection: 500, test: 1000 };

/** Reflectances of what there is, in the units of the files: red, green, blue, near infrared. */
const ground = {
  primary: [420, 620, 360, 2800],
  agriculture: [760, 960, 560, 2350],
  cultivation: [960, 930, 600, 2050],
  water: [380, 480, 420, 420],
  road: [1250, 1120, 900, 1700],
  habitation: [1700, 1600, 1500, 1800],
  bare_ground: [1600, 1250, 850, 2050],
  slash_burn: [430, 400, 360, 900],
};
const cloud = [3200, 3250, 3350, 3500];

/** Smooth noise from 0 to 1 over a chip: a grid of random numbers, with finer ones on it. */
function valueNoise(random, cells) {
  const field = new Float64Array(SIDE * SIDE);
  let [total, weight] = [0, 1];
  for (let n = cells; n <= SIDE / 4; n *= 2, weight /= 2) {
    const grid = Array.from({ length: (n + 2) ** 2 }, () => random.uniform());
    const smooth = (t) => t * t * (3 - 2 * t);
    for (let at = 0; at < field.length; at++) {
      const [x, y] = [((at % SIDE) * n) / SIDE, (Math.floor(at / SIDE) * n) / SIDE];
      const [column, row] = [Math.floor(x), Math.floor(y)];
      const [u, v] = [smooth(x - column), smooth(y - row)];
      const of = (dx, dy) => grid[(row + dy) * (n + 2) + column + dx];
      const upper = of(0, 0) * (1 - u) + of(1, 0) * u;
      const lower = of(0, 1) * (1 - u) + of(1, 1) * u;
      field[at] += weight * (upper * (1 - v) + lower * v);
    }
    total += weight;
  }
  return field.map((value) => value / total);
}

const between = (random, low, high) => low + (high - low) * random.uniform();

/** How far each pixel is from a curve that winds through the chip. */
function winding(random, bend) {
  const [angle, shift] = [between(random, 0, Math.PI), between(random, -0.3, 0.3) * SIDE];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const waves = [1, 2, 3].map((k) => [
    k,
    (bend * SIDE * random.normal()) / k,
    between(random, 0, 2 * Math.PI),
  ]);
  return Float64Array.from({ length: SIDE * SIDE }, (_, at) => {
    const [x, y] = [(at % SIDE) - SIDE / 2, Math.floor(at / SIDE) - SIDE / 2];
    const [along, aside] = [cos * x + sin * y, cos * y - sin * x];
    const course = waves.reduce(
      (sum, [k, size, phase]) => sum + size * Math.sin((k * 2 * Math.PI * along) / SIDE + phase),
      shift,
    );
    return Math.abs(aside - course);
  });
}

/** Draws what a tag names: how much of each pixel it covers, from 0 to 1. */
const shapes = {
  water(random) {
    const half = between(random, 1.5, 4.5);
    return winding(random, 0.12).map((far) => Math.min(Math.max(half + 0.5 - far, 0), 1));
  },
  road(random) {
    const half = between(random, 0.4, 0.8);
    return winding(random, 0.05).map((far) => Math.min(Math.max(half + 0.5 - far, 0), 1));
  },
  /** Fields with straight borders, and furrows. */
  agriculture(random) {
    const covered = new Float64Array(SIDE * SIDE);
    const angle = between(random, 0, Math.PI);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    for (let field = 1 + random.integer(3); field > 0; field--) {
      const [left, top] = [between(random, -40, 24), between(random, -40, 24)];
      const [wide, high] = [between(random, 14, 40), between(random, 14, 40)];
      const furrow = between(random, 0.5, 1.2);
      for (let at = 0; at < covered.length; at++) {
        const [x, y] = [(at % SIDE) - SIDE / 2, Math.floor(at / SIDE) - SIDE / 2];
        const [u, v] = [cos * x + sin * y - left, cos * y - sin * x - top];
        if (u < 0 || v < 0 || u > wide || v > high) continue;
        covered[at] = 0.82 + 0.18 * Math.sin(furrow * v);
      }
    }
    return covered;
  },
  habitation(random) {
    const covered = new Float64Array(SIDE * SIDE);
    const [cx, cy] = [between(random, 10, 54), between(random, 10, 54)];
    for (let hut = 4 + random.integer(8); hut > 0; hut--) {
      const [x, y] = [cx + 6 * random.normal(), cy + 6 * random.normal()].map(Math.round);
      for (const [dx, dy] of [
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
      ]) {
        const inside = x + dx >= 0 && x + dx < SIDE && y + dy >= 0 && y + dy < SIDE;
        if (inside) covered[(y + dy) * SIDE + x + dx] = 0.9;
      }
    }
    return covered;
  },
  cultivation: (random) => blobs(random, 4, 0.63),
  bare_ground: (random) => blobs(random, 3, 0.7),
  slash_burn: (random) => blobs(random, 3, 0.68),
};

/** Where smooth noise is high. At least a little is covered. */
function blobs(random, cells, from) {
  const noise = valueNoise(random, cells);
  const top = noise.reduce((a, b) => Math.max(a, b), 0);
  const level = Math.min(from, top - 0.04);
  return noise.map((value) => Math.min(Math.max((value - level) / 0.03, 0), 1));
}

/** Which things a chip has: some come with others, and some are rare. */
function drawTags(random) {
  const chance = (p) => random.uniform() < p;
  const weather = random.uniform();
  const agriculture = chance(0.32);
  const road = chance(agriculture ? 0.5 : 0.14);
  const habitation = chance(road ? 0.28 : 0.03);
  const land = {
    primary: chance(agriculture ? 0.85 : 0.99),
    agriculture,
    cultivation: chance(agriculture ? 0.2 : 0.08),
    bare_ground: chance(0.045),
    slash_burn: chance(0.025),
    water: chance(0.2),
    road,
    habitation,
  };
  const sky =
    weather < 0.66
      ? "clear"
      : weather < 0.84
        ? "partly_cloudy"
        : weather < 0.92
          ? "haze"
          : "cloudy";
  return { sky, things: Object.keys(land).filter((name) => land[name]) };
}

/** How much of a cloud each pixel is. Kinds of weather run into each other, as an eye would not always agree either. */
const covers = {
  clear: (random) => {
    const veil = between(random, 0, 0.2);
    return valueNoise(random, 2).map((value) => veil * value);
  },
  haze: (random) => {
    const [veil, noise] = [between(random, 0.12, 0.5), valueNoise(random, 2)];
    return noise.map((value) => veil * (0.7 + 0.6 * value));
  },
  partly_cloudy: (random) => {
    const [noise, level] = [valueNoise(random, 4), between(random, 0.52, 0.7)];
    return noise.map((value) => 0.95 * Math.min(Math.max((value - level) / 0.08, 0.02), 1));
  },
  cloudy: (random) => {
    const [noise, level] = [valueNoise(random, 2), between(random, 0.62, 0.97)];
    return noise.map((value) => Math.min(level + 0.2 * value, 1));
  },
};

/** A chip: its numbers [64, 64, 4] and its tags. */
function chip(random) {
  const { sky, things } = drawTags(random);
  // Under what has no forest lies cleared land.
  const base = things.includes("primary") ? ground.primary : ground.cultivation;
  const texture = valueNoise(random, 8);
  const relief = valueNoise(random, 2);
  const light = between(random, 0.85, 1.15);
  const pixels = new Float64Array(SIDE * SIDE * BANDS);
  for (let at = 0; at < pixels.length; at++) {
    const pixel = Math.floor(at / BANDS);
    pixels[at] = base[at % BANDS] * (0.6 + 0.5 * texture[pixel] + 0.3 * relief[pixel]);
  }
  const lay = (colour, share) => {
    for (let at = 0; at < pixels.length; at++) {
      const part = share[Math.floor(at / BANDS)];
      pixels[at] += part * (colour[at % BANDS] - pixels[at]);
    }
  };
  for (const name of things) {
    if (!shapes[name]) continue;
    const tint = between(random, 0.85, 1.15);
    lay(
      ground[name].map((value) => value * tint),
      shapes[name](random),
    );
  }
  lay(cloud, covers[sky](random));
  const data = Uint16Array.from(pixels, (value) =>
    Math.min(Math.max(Math.round(light * value + 40 * random.normal()), 0), 65535),
  );
  return { data, tags: sky === "cloudy" ? [sky] : [sky, ...things] };
}

const each = (value) => new Array(BANDS).fill(value);
const lines = ["path,tags,split"];
for (const [number, [part, count]] of Object.entries(parts).entries()) {
  mkdirSync(join(out, part), { recursive: true });
  for (let at = 0; at < count; at++) {
    const random = new Random({ seed: 1, purpose: "noise", epoch: number, step: at });
    const { data, tags } = chip(random);
    const file = await writeArrayBuffer(data, {
      ...{ width: SIDE, height: SIDE, SamplesPerPixel: [BANDS], BitsPerSample: each(16) },
      ...{ SampleFormat: each(1), PhotometricInterpretation: [2], ExtraSamples: [0] },
    });
    const path = `${part}/${String(at).padStart(4, "0")}.tif`;
    writeFileSync(join(out, path), Buffer.from(file));
    lines.push(`${path},${tags.join(";")},${part}`);
  }
}
writeFileSync(join(out, "chips.csv"), `${lines.join("\n")}\n`);
