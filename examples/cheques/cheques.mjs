// Readers of amounts that differ in how they were trained (LeCun, Bottou, Bengio and Haffner 1998), from the same first weights:
//   s0  a classifier of clean signs, put to reading lines as it is
//   s1  s0 trained on with signs as the segmenter cuts them out of lines, by the true cuts, and wrong pieces as rubbish
//   s2, s3, s4  s0 trained on with the texts of lines alone: criteria viterbi, discriminative-viterbi and gtn
//
//   node examples/cheques/cheques.mjs --lines 600 --seeds 1 --touch 0.3 --out cheques
//
// Each net is a run in the folder, which is taken up where it was. The table is written as results.json.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openTrained, train } from "convoynet";
import { joinImages, pieceImages, ragged } from "convoynet/data";
import { amountMaker } from "convoynet/make";

const { values: flags } = parseArgs({
  options: {
    lines: { type: "string", default: "600" },
    epochs: { type: "string", default: "3" },
    seeds: { type: "string", default: "1" },
    touch: { type: "string", default: "0.3" },
    out: { type: "string", default: "cheques" },
    threads: { type: "string", default: "1" },
  },
});
const [lines, epochs, threads] = [flags.lines, flags.epochs, flags.threads].map(Number);
const BATCH = 16;
/** Signs of a step of S0 and S1: about as many as 16 lines have. */
const SIGNS = 128;
const WRONG = 0.01;

mkdirSync(flags.out, { recursive: true });
const grammar = join(flags.out, "amounts.grammar");
writeFileSync(
  grammar,
  'amount = "*"{0,2} whole "." digit{2}\nwhole = digit{1,3} ("," digit{3})*\ndigit = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9\n',
);

/** Made lines as a data set of texts. */
function textsOf(maker, part, count) {
  const made = Array.from({ length: count }, (_, at) => maker[part](at));
  const { vocabulary } = maker;
  const texts = made.map(({ cells }) => [...cells.text].map((sign) => vocabulary.indexOf(sign)));
  return {
    ...{ name: `amounts ${part}`, length: count, channels: 1 },
    images: joinImages(made.map(({ image }) => image)),
    labels: { kind: "tokens", of: ragged(new Int32Array(0), texts), vocabulary },
  };
}

/** A piece that shares so much of its width with a sign is that sign, one that shares less than the second number is
 * rubbish; what lies in between is neither, and is left out. */
const [SIGN, RUBBISH] = [0.8, 0.6];

/** Shares of the columns of a piece and a sign, of all that either has, that both have. */
const overlap = (left, right, from, to) =>
  Math.max(0, Math.min(right, to) - Math.max(left, from)) /
  (Math.max(right, to) - Math.min(left, from));

/** Signs cut out of made lines by the true cuts, and of the pieces that are none every third as rubbish. */
function signsOf(maker, part, count, rubbish) {
  const classes = [...maker.vocabulary, "rubbish"];
  const [images, of] = [[], []];
  for (let at = 0; at < count; at++) {
    const { cells, image } = maker[part](at);
    const ends = [0, ...cells.cuts.split(" ").map(Number), image.width];
    const text = [...cells.text];
    for (const [number, { left, right, image: piece }] of pieceImages(image).entries()) {
      const shares = text.map((_, k) => overlap(left, right, ends[k], ends[k + 1]));
      const most = Math.max(...shares);
      const asRubbish = rubbish && number % 3 === 0 && most <= RUBBISH;
      if (most < SIGN && !asRubbish) continue;
      images.push(piece);
      of.push(asRubbish ? classes.length - 1 : classes.indexOf(text[shares.indexOf(most)]));
    }
  }
  return {
    ...{ name: `signs ${part}`, length: of.length, channels: 1 },
    images: joinImages(images),
    labels: { kind: "class", of: Int32Array.from(of), classes },
  };
}

/** A run of these settings, taken up where it was. */
async function run(name, settings, data) {
  const out = join(flags.out, name);
  const resume = existsSync(join(out, "config.json"));
  if (!existsSync(join(out, "summary.json"))) {
    await train({ data: name, threads, ...settings, out }, { data, resume });
  }
  return out;
}

/** Shares of all lines that are said right, wrong and not at all, where at most 1 % may be wrong, the bound set by `chosen`. */
function triple(chosen, tested) {
  const sorted = [...chosen].sort((a, b) => b.confidence - a.confidence);
  let [wrong, bound] = [0, 0];
  for (const { right, confidence } of sorted) {
    if (!right && ++wrong > WRONG * sorted.length) {
      bound = confidence + 1e-12;
      break;
    }
  }
  const said = tested.filter(({ confidence }) => confidence >= bound);
  const right = said.filter((one) => one.right).length;
  return [right, said.length - right, tested.length - said.length].map(
    (count) => count / tested.length,
  );
}

async function results(folder, splits) {
  const net = await openTrained(folder, { threads });
  const judged = async (dataset) => {
    const { data, offsets } = dataset.labels.of;
    const found = await net.predict(dataset);
    return found.map(({ text, confidence }, at) => {
      const truth = Array.from(
        data.subarray(offsets[at], offsets[at + 1]),
        (token) => dataset.labels.vocabulary[token],
      ).join("");
      return { confidence, right: text === truth };
    });
  };
  const { metrics } = await net.evaluate(splits.test);
  const [right, wrong, rejected] = triple(
    await judged(splits.selection),
    await judged(splits.test),
  );
  await net.close();
  const { sequenceError, symbolError, withoutPath } = metrics;
  return { sequenceError, symbolError, withoutPath, right, wrong, rejected };
}

const rows = [];
for (const touch of flags.touch.split(",").map(Number)) {
  for (let seed = 1; seed <= Number(flags.seeds); seed++) {
    const maker = await amountMaker({ touch }, seed);
    const apart = await amountMaker({ touch: 0 }, seed + 1000);
    const few = Math.max(50, Math.round(lines / 4));
    const splits = {
      train: textsOf(maker, "train", lines),
      selection: textsOf(maker, "selection", few),
      test: textsOf(maker, "test", few),
    };
    const signs = (of, rubbish) => ({
      train: signsOf(of, "train", lines, rubbish),
      selection: signsOf(of, "selection", few, rubbish),
    });
    const at = `touch${touch}-seed${seed}`;
    const steps = epochs * Math.floor(lines / BATCH);
    const isolated = { task: "classify", model: "lenet5", batch: SIGNS, optimizer: "adamw", seed };
    const s0 = await run(`${at}-s0`, { ...isolated, lr: 0.002, epochs: 8 }, signs(apart, false));
    const s1 = await run(
      `${at}-s1`,
      { ...isolated, lr: 0.001, epochs: 1000, steps, pretrained: s0 },
      signs(maker, true),
    );
    const reading = { grammar, model: "lenet5", batch: BATCH, seed };
    // A step of no length puts a recogniser to reading as it is.
    const still = { ...reading, criterion: "gtn", lr: 1e-12, schedule: "constant", steps: 1 };
    const learning = { ...reading, lr: 0.0005, epochs, pretrained: s0 };
    const systems = {
      s0: { ...still, pretrained: s0 },
      s1: { ...still, pretrained: s1 },
      s2: { ...learning, criterion: "viterbi" },
      s3: { ...learning, criterion: "discriminative-viterbi" },
      s4: { ...learning, criterion: "gtn" },
    };
    for (const [system, settings] of Object.entries(systems)) {
      const folder = await run(`${at}-${system}-lines`, settings, splits);
      const row = { touch, seed, system, ...(await results(folder, splits)) };
      rows.push(row);
      console.log(
        Object.entries(row)
          .map(
            ([name, value]) =>
              `${name} ${typeof value === "number" && name !== "seed" && name !== "touch" ? value.toFixed(4) : value}`,
          )
          .join("  "),
      );
      writeFileSync(
        join(flags.out, "results.json"),
        `${JSON.stringify({ lines, epochs, rows })}\n`,
      );
    }
  }
}
