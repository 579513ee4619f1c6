// What a net counts in frames, how sure it is of each count, and between which numbers the true one lies.

import { predictFiles } from "convoynet";
import sharp from "sharp";

/** Frames whose mirror images are held in memory at a time. */
const AT_ONCE = 64;
/** Points of two views within so many pixels of the net's input are one fish. */
const NEAR = 4;

/** A frame seen in a mirror, and its width. */
async function mirrored(path) {
  const { data, info } = await sharp(path)
    .autoOrient()
    .flop()
    .png()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width };
}

/** Points of one view that the other has none for; the nearest pairs are taken first, each point once. */
function unmatched(a, b, reach) {
  const pairs = a
    .flatMap((p, i) => b.map((q, j) => ({ i, j, apart: Math.hypot(p.x - q.x, p.y - q.y) })))
    .filter(({ apart }) => apart <= reach)
    .sort((p, q) => p.apart - q.apart);
  const [left, right] = [new Set(), new Set()];
  for (const { i, j } of pairs) {
    if (left.has(i) || right.has(j)) continue;
    left.add(i);
    right.add(j);
  }
  return a.length + b.length - 2 * left.size;
}

/**
 * What a net says of frames: points, their number, and `doubt`, how many points one of two views has that the other one
 * lacks, the frame and its mirror image; of frames with as many, the less sure one has more. `contrast` is the standard
 * deviation of grey, in bytes: low at night and in turbid water. A frame that cannot be read has a `reason` instead.
 */
export async function* lookAt(net, paths) {
  const reachOf = (width) => (NEAR * width) / net.info.input[2];
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    const chunk = paths.slice(from, from + AT_ONCE);
    const mirrors = await Promise.all(chunk.map((path) => mirrored(path).catch(() => undefined)));
    const sources = [...chunk, ...mirrors.map((mirror, at) => mirror?.data ?? chunk[at])];
    const said = [];
    for await (const { at, ...found } of predictFiles(net, sources)) said[at] = found;
    for (const [at, path] of chunk.entries()) {
      const [plain, mirror] = [said[at], said[chunk.length + at]];
      const reason = plain.reason ?? mirror.reason;
      if (reason !== undefined) {
        yield { path, reason };
        continue;
      }
      const { points } = plain.prediction;
      const { width } = mirrors[at];
      const back = mirror.prediction.points.map(({ x, y }) => ({ x: width - x, y }));
      const least = Math.min(1, ...points.map(({ confidence }) => confidence));
      const { channels } = await sharp(path).greyscale().stats();
      yield {
        ...{ path, prediction: plain.prediction, fish: points.length },
        doubt: unmatched(points, back, reachOf(width)) + (1 - least) / 2,
        contrast: channels[0].stdev,
      };
    }
  }
}

/** The share of frames whose true count shall lie within the interval, and the frames that each width is learnt from. */
const COVER = 0.9;
const LEAST = 20;

/**
 * Intervals by split conformal prediction (Vovk, Gammerman and Shafer 2005): frames with known counts are put in order by
 * what was said of them and cut into bands of {@link LEAST} or more; the interval of a count is as wide, to each side, as the
 * error that {@link COVER} of its band's frames keep within. That holds for new frames that are like those, and for no others.
 *
 * @param known `{ said, fish }` of each frame
 * @returns for a count the smallest and largest number
 */
export function intervalsOf(known) {
  const frames = [...known].sort((a, b) => a.said - b.said);
  const bands = [];
  for (const [at, { said, fish }] of frames.entries()) {
    const opens =
      bands.length === 0 || (bands.at(-1).errors.length >= LEAST && frames[at - 1].said !== said);
    if (opens) bands.push({ from: said, errors: [] });
    bands.at(-1).errors.push(Math.abs(said - fish));
  }
  // What is left over is too few to say anything by itself.
  if (bands.length > 1 && bands.at(-1).errors.length < LEAST) {
    const { errors } = bands.pop();
    bands.at(-1).errors.push(...errors);
  }
  for (const band of bands) {
    const errors = band.errors.sort((a, b) => a - b);
    const rank = Math.ceil((errors.length + 1) * COVER);
    band.width = rank <= errors.length ? errors[rank - 1] : Number.POSITIVE_INFINITY;
  }
  return (said) => {
    const { width } = bands.findLast(({ from }) => from <= said) ?? bands[0];
    return { low: Math.max(0, said - width), high: said + width };
  };
}
