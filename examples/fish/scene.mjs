// Draws what an underwater camera would see: the view of a habitat, which stays, and frames of it, in which light and fish
// change. Every frame knows which of its pixels are fish.

import { Random } from "convoynet/tensor";

const between = (random, [low, high]) => low + (high - low) * random.uniform();
const clamp = (value) => Math.min(1, Math.max(0, value));
const mix = (a, b, share) => a.map((value, at) => value + (b[at] - value) * share);

/** Smooth noise on a grid of random numbers with `cells` cells along the side of the view (value noise), -1 to 1. */
function valueNoise(random, cells) {
  const side = cells + 2;
  const knots = Float64Array.from({ length: side * side }, () => 2 * random.uniform() - 1);
  const smooth = (t) => t * t * (3 - 2 * t);
  return (u, v) => {
    const [x, y] = [u * cells, v * cells].map((value) => Math.min(cells, Math.max(0, value)));
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [s, t] = [smooth(x - column), smooth(y - row)];
    const at = row * side + column;
    const above = knots[at] + (knots[at + 1] - knots[at]) * s;
    const below = knots[at + side] + (knots[at + side + 1] - knots[at + side]) * s;
    return above + (below - above) * t;
  };
}

/** Where a habitat lies: water, ground, light, plants, how clear it is, and how many fish there are. */
export function habitat(seed, number) {
  const random = new Random({ seed, purpose: "noise", step: number });
  const range = (low, high) => between(random, [low, high]);
  const green = random.uniform();
  return {
    water: mix([0.05, 0.32, 0.55], [0.22, 0.42, 0.28], green).map((c) => c * range(0.7, 1.3)),
    ground: mix([0.66, 0.6, 0.45], [0.3, 0.28, 0.24], random.uniform()),
    horizon: range(0.45, 0.95),
    layers: [3, 7, 15].map((cells) => ({ noise: valueNoise(random, cells), part: 0.16 / cells })),
    roughness: range(0.3, 1.2),
    caustics: range(0, 0.22),
    ripples: range(2, 5),
    darkening: range(0.2, 0.6),
    murk: range(0.05, 0.5),
    blur: range(0.3, 1),
    grain: range(0.01, 0.03),
    weeds: Array.from({ length: random.integer(6) }, () => ({
      root: range(0.05, 0.95),
      height: range(0.2, 0.6),
      width: range(0.012, 0.035),
      lean: range(-0.15, 0.15),
      colour: mix([0.18, 0.34, 0.1], [0.45, 0.36, 0.12], random.uniform()),
    })),
    /** Share of frames without fish, and whether fish come in schools. */
    ...{ empty: range(0.1, 0.5), schooling: range(0.2, 0.8) },
  };
}

/** Two kinds of fish: how they are built and painted. Depth of water and distance tint both. */
const kinds = [
  { back: [0.32, 0.36, 0.4], belly: [0.86, 0.86, 0.8], marks: "bars", deep: 0.36 },
  { back: [0.62, 0.42, 0.16], belly: [0.95, 0.82, 0.5], marks: "spots", deep: 0.46 },
  { back: [0.2, 0.26, 0.3], belly: [0.6, 0.64, 0.62], marks: "line", deep: 0.28 },
];

/** Fish of a frame, the farthest first. Those of a school swim beside the one before. */
function shoal(random, { empty, schooling }, most) {
  const count = random.uniform() < empty ? 0 : 1 + random.integer(most);
  const fish = [];
  for (let k = 0; k < count; k++) {
    const last = fish.at(-1);
    const joins = last && random.uniform() < schooling;
    const length = joins
      ? last.length * between(random, [0.8, 1.2])
      : between(random, [0.14, 0.32]);
    const angle = joins ? last.angle + between(random, [-0.3, 0.3]) : between(random, [-0.6, 0.6]);
    const place = (own) =>
      joins ? own + length * between(random, [-0.9, 0.9]) : between(random, [0.08, 0.92]);
    fish.push({
      kind: joins ? last.kind : kinds[random.integer(kinds.length)],
      facing: joins ? last.facing : random.uniform() < 0.5 ? -1 : 1,
      phase: 2 * Math.PI * random.uniform(),
      distance: between(random, [0, 1]),
      ...{ length, angle, x: Math.min(0.95, Math.max(0.05, place(last?.x))) },
      y: Math.min(0.95, Math.max(0.05, place(last?.y))),
    });
  }
  return fish.sort((a, b) => b.distance - a.distance);
}

/** Where a place of the view lies on a body, a spindle from -0.8 to 0.8 with a tail fin to -1; nothing beside it. */
function bodyAt({ kind, length, angle, facing, leaf, x, y }, u, v) {
  const [dx, dy] = [u - x, v - y];
  if (Math.max(Math.abs(dx), Math.abs(dy)) > length / 2) return undefined;
  const along = ((dx * Math.cos(angle) + dy * Math.sin(angle)) * facing * 2) / length;
  const across = ((dy * Math.cos(angle) - dx * Math.sin(angle)) * 2) / length;
  const spindle = Math.abs(along) < 0.8 ? kind.deep * (1 - (along / 0.8) ** 2) ** 0.75 : 0;
  const fin = !leaf && along > -1 && along < -0.62 ? 0.6 * (-0.55 - along) : 0;
  return Math.abs(across) > Math.max(spindle, fin) ? undefined : { along, across };
}

/** Colour of a fish at a place of the view; nothing beside it. */
function paintFish(fish, u, v) {
  const found = bodyAt(fish, u, v);
  if (!found) return undefined;
  const [{ along, across }, { kind, phase }] = [found, fish];
  const light = clamp(0.5 + (0.7 * across) / kind.deep);
  const plain = mix(kind.back, kind.belly, light);
  const dark = {
    bars: Math.sin(9 * along + phase) > 0.45 ? 0.45 : 0,
    spots: Math.sin(13 * along + phase) * Math.sin(15 * across + phase) > 0.4 ? 0.4 : 0,
    line: Math.abs(across) < 0.07 ? 0.5 : 0,
  }[kind.marks];
  const eye = Math.hypot(along - 0.55, across + 0.06) < 0.09;
  return eye ? [0.05, 0.05, 0.05] : plain.map((c) => c * (1 - dark) * (along < -0.75 ? 0.8 : 1));
}

/** Leaves that drift by: as large as fish, without fin, eye and marks. */
const drift = (random) =>
  Array.from({ length: random.integer(3) }, () => ({
    ...{ x: random.uniform(), y: random.uniform(), angle: Math.PI * random.uniform() },
    ...{ length: between(random, [0.1, 0.24]), facing: 1, leaf: true },
    kind: { deep: between(random, [0.25, 0.5]) },
    colour: mix([0.2, 0.36, 0.12], [0.5, 0.38, 0.18], random.uniform()),
  }));

/** Colour of the view without fish. */
function paintGround(place, { sway, glint, leaves }, u, v) {
  const waves = place.layers.reduce((sum, { noise, part }) => sum + part * noise(u, v), 0);
  const edge = place.horizon + 0.3 * waves * place.roughness;
  const down = place.water.map((c) => c * (1 - place.darkening * v));
  const rough = 1 + 5 * place.roughness * waves;
  let colour = v > edge ? mix(place.ground, down, 0.25).map((c) => c * rough) : down;
  for (const weed of place.weeds) {
    const up = (1 - v) / weed.height;
    if (up > 1) continue;
    const stem = weed.root + weed.lean * up * up + 0.03 * sway * Math.sin(5 * up + 9 * weed.root);
    const reach = weed.width * (1 - 0.8 * up) * (1 + 0.5 * Math.sin(22 * up));
    const away = (u - stem) / reach;
    if (Math.abs(away) < 1) colour = weed.colour.map((c) => c * (0.8 + 0.3 * away));
  }
  for (const leaf of leaves) if (bodyAt(leaf, u, v)) colour = leaf.colour;
  const light = place.caustics * glint(u, v) * (1 - 0.6 * v);
  return colour.map((c) => c + light);
}

/** Light that waves gather: sharp bright lines where two smooth fields are alike. */
function caustics(random, ripples) {
  const [a, b] = [valueNoise(random, Math.round(2 * ripples)), valueNoise(random, 11)];
  return (u, v) => (1 - Math.min(1, 4 * Math.abs(a(u, v) + 0.4 * b(u, v)))) ** 2;
}

/** Blurs the three channels of a picture by a bell of a standard deviation in pixels. */
function blurred(picture, side, deviation) {
  const reach = Math.ceil(2.5 * deviation);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, k) =>
    Math.exp(-((k - reach) ** 2) / (2 * deviation ** 2)),
  );
  const total = bell.reduce((sum, value) => sum + value, 0);
  const pass = (from, stride, other) => {
    const into = new Float64Array(from.length);
    for (let line = 0; line < side; line++) {
      for (let at = 0; at < side; at++) {
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (let k = -reach; k <= reach; k++) {
            const near = Math.min(side - 1, Math.max(0, at + k));
            sum += bell[k + reach] * from[line * other + near * stride + channel];
          }
          into[line * other + at * stride + channel] = sum / total;
        }
      }
    }
    return into;
  };
  return pass(pass(picture, 3, 3 * side), 3 * side, 3);
}

/**
 * A frame of a habitat: its pixels in colour, and of each pixel the number of the fish that it shows, from 1 on, or 0.
 *
 * @param number of the frame among all of a seed
 * @param most fish at once
 * @returns `{ pixels: Uint8Array, owners: Uint8Array, areas: number[] }`; `areas` are the pixels that each fish would have,
 * were no other before it
 */
export function frame(seed, place, number, side, most = 8) {
  const random = new Random({ seed, purpose: "noise", epoch: 1 + number });
  const moment = {
    ...{ sway: between(random, [-1, 1]), glint: caustics(random, place.ripples) },
    leaves: drift(random),
  };
  const brightness = between(random, [0.8, 1.15]);
  const fish = shoal(random, place, most);
  const owners = new Uint8Array(side * side);
  const areas = fish.map(() => 0);
  const picture = new Float64Array(3 * side * side);
  for (let at = 0; at < side * side; at++) {
    const [u, v] = [((at % side) + 0.5) / side, (Math.floor(at / side) + 0.5) / side];
    let colour = paintGround(place, moment, u, v);
    for (const [k, one] of fish.entries()) {
      const own = paintFish(one, u, v);
      if (!own) continue;
      const haze = clamp(place.murk * (0.4 + 1.1 * one.distance));
      colour = mix(
        own.map((c) => c * (1 - 0.5 * place.darkening * v)),
        place.water,
        haze,
      );
      owners[at] = k + 1;
      areas[k]++;
    }
    picture.set(
      colour.map((c) => c * brightness),
      3 * at,
    );
  }
  const soft = blurred(picture, side, place.blur);
  const pixels = Uint8Array.from(soft, (value) =>
    Math.round(255 * clamp(value + place.grain * random.normal())),
  );
  return { pixels, owners, areas };
}
