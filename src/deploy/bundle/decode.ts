// What a net's numbers mean, task by task: a part of bundles, which stands alone. Predictions have the form that `convoy
// predict --json` gives them; lines are read by the likeliest token of each frame.

/** What is known of a net, as the bundle's model.json has it. */
export interface BundleInfo {
  readonly model: string;
  readonly task: string;
  /** Names of the outputs. */
  readonly names: readonly string[];
  /** Numbers of the decoder by name. */
  readonly constants: Readonly<Record<string, readonly number[]>>;
  /** [channels, height, width] of the images that the net takes. */
  readonly input: readonly [number, number, number];
  /** How images of another shape are brought to that: crop, pad, stretch or line. */
  readonly fit: string;
}

/** A prediction as plain data. */
export type BundlePrediction = Readonly<Record<string, unknown>>;

/** Places in the net's input as places in the image: [x, y] to [x, y]. */
export type Back = (x: number, y: number) => readonly [number, number];

/** What a decoder is given: numbers of one image, their shape, what is known, and where places are in the image. */
interface Given {
  readonly output: Float32Array;
  readonly shape: readonly number[];
  readonly info: BundleInfo;
  readonly back: Back;
}

const logistic = (logit: number): number => 1 / (1 + Math.exp(-logit));

function softmax(logits: ArrayLike<number>): number[] {
  const all = Array.from(logits);
  const most = Math.max(...all);
  const powers = all.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Numbers by the names of the outputs. */
const byName = <T>({ info: { names } }: Given, of: (at: number) => T): Record<string, T> =>
  Object.fromEntries(names.map((name, at) => [name, of(at)]));

function classes({ output, info: { names } }: Given): BundlePrediction {
  const probabilities = softmax(output);
  const all = names
    .map((name, at) => ({ class: name, probability: probabilities[at] }))
    .sort((a, b) => b.probability - a.probability);
  return { class: all[0].class, confidence: all[0].probability, classes: all };
}

/** Of a group of which an image has one tag the likeliest is said, any other tag from its threshold on. */
function tags(given: Given): BundlePrediction {
  const { output, info } = given;
  const { thresholds, oneOf = [] } = info.constants;
  const groupOf = (tag: number) => oneOf.flatMap((group, at) => (group === oneOf[tag] ? [at] : []));
  const grouped = (tag: number) => (oneOf[tag] ?? -1) >= 0;
  const probability = (tag: number): number => {
    if (!grouped(tag)) return logistic(output[tag]);
    const group = groupOf(tag);
    return softmax(group.map((at) => output[at]))[group.indexOf(tag)];
  };
  const said = (tag: number): boolean => {
    if (!grouped(tag)) return logistic(output[tag]) >= (thresholds?.[tag] ?? 0.5);
    return groupOf(tag).reduce((a, b) => (output[b] > output[a] ? b : a)) === tag;
  };
  return {
    tags: info.names.filter((_, tag) => said(tag)),
    probabilities: byName(given, probability),
  };
}

const values = (given: Given): BundlePrediction => {
  const { mean, std } = given.info.constants;
  return { values: byName(given, (at) => given.output[at] * std[at] + mean[at]) };
};

/** The likeliest class of each pixel of the net's input, row by row. */
function mask(given: Given): BundlePrediction {
  const { output, shape } = given;
  const [count, height, width] = shape;
  const pixels = height * width;
  const found = new Uint8Array(pixels);
  for (let at = 0; at < pixels; at++) {
    for (let of = 1; of < count; of++) {
      if (output[of * pixels + at] > output[found[at] * pixels + at]) found[at] = of;
    }
  }
  const share = (of: number) => found.filter((one) => one === of).length / pixels;
  return { shares: byName(given, share), mask: { height, width, classes: found } };
}

/** Integral of a point's density, by which it was learned: a Gaussian of 4 pixels whose peak is 1. */
const DENSITY = 2 * Math.PI * 4 ** 2;

const counts = (given: Given): BundlePrediction => {
  const pixels = given.shape[1] * given.shape[2];
  const sum = (at: number) =>
    given.output.subarray(at * pixels, (at + 1) * pixels).reduce((a, b) => a + b, 0);
  return { counts: byName(given, (at) => sum(at) / DENSITY) };
};

/** Regions of pixels above 0 that touch each other, at corners too: the centre of each, and its largest logit. */
function centres(logits: Float32Array, height: number, width: number) {
  const seen = new Uint8Array(logits.length);
  const found: { x: number; y: number; confidence: number }[] = [];
  for (let start = 0; start < logits.length; start++) {
    if (seen[start] || !(logits[start] > 0)) continue;
    const stack = [start];
    seen[start] = 1;
    let [x, y, pixels, most] = [0, 0, 0, 0];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const [u, v] = [at % width, Math.floor(at / width)];
      x += u + 0.5;
      y += v + 0.5;
      pixels++;
      most = Math.max(most, logits[at]);
      for (let b = Math.max(0, v - 1); b <= Math.min(height - 1, v + 1); b++) {
        for (let a = Math.max(0, u - 1); a <= Math.min(width - 1, u + 1); a++) {
          const next = b * width + a;
          if (seen[next] || !(logits[next] > 0)) continue;
          seen[next] = 1;
          stack.push(next);
        }
      }
    }
    found.push({ x: x / pixels, y: y / pixels, confidence: logistic(most) });
  }
  return found;
}

function points(given: Given): BundlePrediction {
  const { output, shape, info, back } = given;
  const [, height, width] = shape;
  const pixels = height * width;
  const all = info.names.map((name, of) =>
    centres(output.subarray(of * pixels, (of + 1) * pixels), height, width).map((centre) => {
      const [x, y] = back(centre.x, centre.y);
      return { class: name, x, y, confidence: centre.confidence };
    }),
  );
  return { counts: byName(given, (at) => all[at].length), points: all.flat() };
}

/** Pixels between two cells of a level, boxes before suppression and behind it, and the largest logarithm of a side. */
const STRIDES = [8, 16, 32];
const [MOST_CANDIDATES, MOST_BOXES, MOST_SIDE] = [1000, 100, 6];

type Box = [left: number, top: number, right: number, bottom: number, of: number, score: number];

function overlap(a: Box, b: Box): number {
  const across = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const down = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (across <= 0 || down <= 0) return 0;
  const area = ([left, top, right, bottom]: Box) => (right - left) * (bottom - top);
  return (across * down) / (area(a) + area(b) - across * down);
}

/** Boxes of a score: each cell tells the distances to four sides, and how central it is. */
function candidates({ output, shape, info }: Given, least: number): Box[] {
  const [, height, width] = info.input;
  const [count, cells] = [info.names.length, shape[1]];
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  const found: Box[] = [];
  let cell = 0;
  for (const stride of STRIDES) {
    const columns = Math.ceil(width / stride);
    for (let at = 0; at < Math.ceil(height / stride) * columns; at++, cell++) {
      const side = (k: number) =>
        stride * Math.exp(Math.min(output[(count + k) * cells + cell], MOST_SIDE));
      const central = logistic(output[(count + 4) * cells + cell]);
      const [x, y] = [((at % columns) + 0.5) * stride, (Math.floor(at / columns) + 0.5) * stride];
      for (let of = 0; of < count; of++) {
        const score = Math.sqrt(logistic(output[of * cells + cell]) * central);
        if (!(score >= least)) continue;
        found.push([
          ...([within(x - side(0), width), within(y - side(1), height)] as const),
          ...([within(x + side(2), width), within(y + side(3), height)] as const),
          ...([of, score] as const),
        ]);
      }
    }
  }
  return found.sort((a, b) => b[5] - a[5]).slice(0, MOST_CANDIDATES);
}

function boxes(given: Given): BundlePrediction {
  const { info, back } = given;
  const {
    said: [said],
    score: [score],
    overlap: [most],
  } = info.constants;
  const kept: Box[] = [];
  for (const box of candidates(given, Math.min(score, said))) {
    if (kept.length === MOST_BOXES) break;
    if (!kept.some((other) => other[4] === box[4] && overlap(box, other) > most)) kept.push(box);
  }
  const found = kept
    .filter((box) => box[5] >= said)
    .map(([x0, y0, x1, y1, of, confidence]) => {
      const [[left, top], [right, bottom]] = [back(x0, y0), back(x1, y1)];
      return { class: info.names[of], confidence, left, top, right, bottom };
    });
  const count = (at: number) => found.filter((box) => box.class === info.names[at]).length;
  return { counts: byName(given, count), boxes: found };
}

/** The likeliest token of each frame; the same one again in the next frame is the same token, and the last class is none. */
function text({ output, shape, info: { names } }: Given): BundlePrediction {
  const [width, frames] = shape;
  const tokens: string[] = [];
  let [before, confidence] = [width - 1, 1];
  for (let frame = 0; frame < frames; frame++) {
    const odds = softmax(Array.from({ length: width }, (_, of) => output[of * frames + frame]));
    const best = odds.indexOf(Math.max(...odds));
    confidence *= odds[best];
    if (best !== before && best < width - 1) tokens.push(names[best]);
    before = best;
  }
  const single = names.every((name) => [...name].length === 1);
  return { text: tokens.join(single ? "" : " "), confidence };
}

const numbers = ({ output, shape }: Given): BundlePrediction => ({
  shape,
  output: Array.from(output),
});

/** By the names of tasks; what others give is given as numbers. */
const decoders: Readonly<Record<string, (given: Given) => BundlePrediction>> = {
  classify: classes,
  tags,
  values,
  segment: mask,
  count: counts,
  points,
  detect: boxes,
  sequence: text,
};

/** What the numbers of one image mean. */
export const decode = (given: Given): BundlePrediction =>
  (Object.hasOwn(decoders, given.info.task) ? decoders[given.info.task] : numbers)(given);
