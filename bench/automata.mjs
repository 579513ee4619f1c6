// Automata beside other libraries, in turn: composition beside OpenFst's (in memory, log semiring, double precision), CTC's
// loss and gradient beside those of torch.nn.CTCLoss (one thread, double precision).
//
//   CONVOY_PYTHON=python3 node bench/automata.mjs
//
// Needs g++ and Debian's libfst-dev and libfst-tools for the one, PyTorch for the other; what is missing is left out.
// Times are of the processor, in ms, the least and the median of the rounds, since other programs disturb them less.

import { execFileSync, execSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import * as automata from "../dist/automata/index.js";
import { Random } from "../dist/tensor/index.js";

const ROUNDS = 5;
const CALLS = 3;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const random = new Random({ seed: 1, purpose: "search" });
const numbers = (length) => Float64Array.from({ length }, () => random.normal());

/** Arcs from every state to any other. */
function randomAutomaton(states, arcs, labels, epsilons) {
  const label = () => (random.uniform() < epsilons ? automata.EPSILON : random.integer(labels));
  const list = Array.from({ length: states * arcs }, (_, at) => {
    return [Math.floor(at / arcs), random.integer(states), label(), label(), random.normal()];
  });
  const final = Array.from({ length: states / 10 }, (_, at) => 10 * at);
  return automata.automaton({ states, start: [0], final, arcs: list });
}

/** 300 words of letters, and pairs of them. */
function readingWords() {
  const tokens = [..."abcdefghijklmnopqrstuvwxyz"];
  const words = new Set();
  while (words.size < 300) {
    const length = 2 + random.integer(7);
    words.add(Array.from({ length }, () => tokens[random.integer(26)]).join(""));
  }
  const text = [...words].map((word) => `${word} ${[...word].join(" ")}\n`).join("");
  const lexicon = automata.readLexicon(text, { tokens, source: "words" });
  const strings = Array.from({ length: 200 }, () =>
    Int32Array.from({ length: 3 + random.integer(10) }, () => 300 * random.uniform() ** 3),
  );
  const symbols = lexicon.symbols.output;
  const pairs = automata.countNgrams(strings, { order: 2, labels: symbols.length, symbols });
  return [automata.closure(lexicon), pairs];
}

const randomLabels = (length, classes) => Array.from({ length }, () => random.integer(classes));

const compositions = {
  "random, no epsilons": [randomAutomaton(250, 6, 8, 0), randomAutomaton(250, 6, 8, 0)],
  "random, 15 % epsilons": [randomAutomaton(100, 6, 12, 0.15), randomAutomaton(100, 6, 12, 0.15)],
  "lexicon and pairs of words": readingWords(),
  "400 frames of 100 classes and CTC of 100 labels": [
    automata.emissions(numbers(40_000), 400, 100),
    automata.ctcTarget(randomLabels(100, 99), 99),
  ],
};

function timesOf(work) {
  return Array.from({ length: CALLS }, () => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
}

const printed = (text) => text.toString().trim().split("\n").map(Number);

/** Both sides in turn; the other one's times come from a program. */
function compare(name, own, other) {
  const [ours, theirs] = [[], []];
  own();
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(...timesOf(own));
    theirs.push(...printed(other()));
  }
  const [[least, median], [otherLeast, otherMedian]] = [ours, theirs].map((times) => {
    times.sort((a, b) => a - b);
    return [times[0], times[times.length >> 1]];
  });
  console.log(
    `${name}: ${least.toFixed(2)} (median ${median.toFixed(2)}), other ${otherLeast.toFixed(2)} (${otherMedian.toFixed(2)}); ` +
      `ratio ${(otherLeast / least).toFixed(2)} (${(otherMedian / median).toFixed(2)})`,
  );
}

const folder = mkdtempSync(`${tmpdir()}/convoy-automata-`);
const shell = (command) => execSync(command, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });

function besideOpenFst() {
  shell(`g++ -O2 -std=c++17 "${here("openfstCompose.cc")}" -o compose -lfst -ldl -pthread`);
  for (const [name, [left, right]] of Object.entries(compositions)) {
    for (const [file, of, side] of [
      ["a", left, "olabel"],
      ["b", right, "ilabel"],
    ]) {
      writeFileSync(`${folder}/${file}.txt`, automata.toAttText(of));
      shell(
        `fstcompile --arc_type=log64 ${file}.txt | fstarcsort --sort_type=${side} - ${file}.fst`,
      );
    }
    const own = () => automata.compose(left, right);
    compare(`compose ${name}`, own, () => shell(`./compose a.fst b.fst ${CALLS}`));
  }
}

function besidePyTorch() {
  for (const [frames, classes, labels] of [
    [50, 13, 8],
    [200, 100, 40],
  ]) {
    const scores = numbers(frames * classes);
    const target = randomLabels(labels, classes - 1);
    const own = () => {
      const net = automata.emissions(scores, frames, classes);
      const truth = automata.intersect(net, automata.ctcTarget(target, classes - 1));
      const { forwardScore, gradients, subtractScores } = automata;
      gradients(subtractScores(forwardScore(net), forwardScore(truth)), [net]);
    };
    const args = [frames, classes, labels, 1, CALLS + 2].map(String);
    compare(`CTC, ${frames} frames of ${classes} classes, ${labels} labels`, own, () =>
      // The first two rounds warm up.
      execFileSync(process.env.CONVOY_PYTHON ?? "python3", [here("pytorchCtc.py"), ...args])
        .toString()
        .trim()
        .split("\n")
        .slice(2)
        .join("\n"),
    );
  }
}

for (const part of [besideOpenFst, besidePyTorch]) {
  try {
    part();
  } catch (error) {
    console.log(`${part.name}: ${error.message.split("\n")[0]}`);
  }
}
rmSync(folder, { recursive: true });
