// Images a second of a served run, by Convoy and by onnxruntime behind the same server, in turn:
//
//   node examples/serving/throughput.mjs RUN DATA [SECONDS] [ROUNDS] [THREADS]
//
// RUN.onnx is what `convoy export RUN` wrote. DATA has test images of the size of the net's input. Each side is measured with
// each of the THREADS (default 1,2), and counts with the faster; rounds are A B B A. Load comes from one process with 64 connections
// (8 for arrays) that ask again when they are answered. Prints medians over rounds and the ratio of neighbouring rounds, and beside it that of the
// processor time that the server takes for an image (Linux), which other programs on the machine change less.

import { readFileSync } from "node:fs";
import { bodiesOf, filesOf, load, startServer, withAnswers } from "./ask.mjs";

const [run, data, seconds = "3", rounds = "6", threads = "1,2"] = process.argv.slice(2);
if (!data) {
  console.error(
    "usage: node examples/serving/throughput.mjs RUN DATA [SECONDS] [ROUNDS] [THREADS]",
  );
  process.exit(2);
}
const sides = ["convoy", "onnxruntime"];
const forms = {
  "a PNG a request": { bodies: await filesOf(data, 256), connections: 64 },
  "an array of one": { bodies: await bodiesOf(data, 256, 1), connections: 64 },
  "arrays of 32": { bodies: await bodiesOf(data, 1024, 32), connections: 8 },
};
const median = (numbers) => {
  const sorted = numbers.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

/** Processor time that a process has taken, in milliseconds; Linux counts it in hundredths of a second. */
function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

const counts = threads.split(",");
const servers = {};
for (const side of sides) {
  for (const count of counts) {
    servers[`${side} ${count}`] = await startServer(side, run, count, { waiting: 4096 });
  }
}
for (const [form, { bodies, connections }] of Object.entries(forms)) {
  const file = await withAnswers(servers[`convoy ${counts[0]}`].address, bodies);
  const rate = async (name, time) => {
    const { port, pid } = servers[name];
    const before = processorTime(pid);
    const found = await load({ port, bodies: file, seconds: time, connections });
    const { wrong, lost, other, refused } = found;
    if (wrong + lost + other + refused > 0) throw new Error(`${name}: ${JSON.stringify(found)}`);
    return { rate: found.imagesPerSecond, cpu: (processorTime(pid) - before) / found.images };
  };
  const fastest = {};
  for (const side of sides) {
    const tried = [];
    for (const name of counts.map((count) => `${side} ${count}`)) {
      await rate(name, 1);
      tried.push({ name, ...(await rate(name, Number(seconds))) });
    }
    fastest[side] = tried.sort((one, other) => other.rate - one.rate)[0].name;
  }
  const all = { convoy: [], onnxruntime: [] };
  for (let round = 0; round < Number(rounds); round++) {
    const order = round % 2 === 0 ? sides : sides.toReversed();
    for (const side of order) all[side].push(await rate(fastest[side], Number(seconds)));
  }
  const each = (what) => sides.map((side) => all[side].map((one) => one[what]));
  const spread = (ratios) =>
    `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
  const [own, other] = each("rate");
  const [ownTime, otherTime] = each("cpu");
  const words = sides.map((side, at) => {
    const [rate, cpu] = [median([own, other][at]), median([ownTime, otherTime][at])];
    return `${fastest[side]} thread(s) ${Math.round(rate)} images/s, ${(1000 * cpu).toFixed(0)} us of processor`;
  });
  console.log(`${form}: ${words.join("; ")}`);
  console.log(`  rate ${spread(own.map((value, at) => value / other[at]))}`);
  console.log(`  processor time ${spread(ownTime.map((value, at) => otherTime[at] / value))}`);
}
for (const { close } of Object.values(servers)) await close();
