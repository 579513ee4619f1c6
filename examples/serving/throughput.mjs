// Images a second of a served run, by Convoy and by onnxruntime behind the same server, in turn:
//
//   node examples/serving/throughput.mjs RUN DATA [SECONDS] [ROUNDS]
//
// RUN.onnx is what `convoy export RUN` wrote. DATA has test images of the size of the net's input. Each side is measured with
// one thread and with two, and counts with the faster; rounds are A B B A. Load comes from one process with 64 connections
// (8 for arrays) that ask again when they are answered. Prints medians over rounds and the ratio of neighbouring rounds.

import { bodiesOf, filesOf, load, startServer, withAnswers } from "./ask.mjs";

const [run, data, seconds = "3", rounds = "6"] = process.argv.slice(2);
if (!data) {
  console.error("usage: node examples/serving/throughput.mjs RUN DATA [SECONDS] [ROUNDS]");
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

const servers = {};
for (const side of sides) {
  for (const threads of [1, 2]) {
    servers[`${side} ${threads}`] = await startServer(side, run, threads, { waiting: 4096 });
  }
}
for (const [form, { bodies, connections }] of Object.entries(forms)) {
  const file = await withAnswers(servers["convoy 1"].address, bodies);
  const rate = async (name, time) => {
    const { port } = servers[name];
    const found = await load({ port, bodies: file, seconds: time, connections });
    const { wrong, lost, other, refused } = found;
    if (wrong + lost + other + refused > 0) throw new Error(`${name}: ${JSON.stringify(found)}`);
    return found;
  };
  const fastest = {};
  for (const side of sides) {
    const tried = [];
    for (const name of [`${side} 1`, `${side} 2`]) {
      await rate(name, 1);
      tried.push({ name, rate: (await rate(name, Number(seconds))).imagesPerSecond });
    }
    fastest[side] = tried.sort((one, other) => other.rate - one.rate)[0].name;
  }
  const found = { convoy: [], onnxruntime: [] };
  const ratios = [];
  for (let round = 0; round < Number(rounds); round++) {
    const order = round % 2 === 0 ? sides : sides.toReversed();
    const one = {};
    for (const side of order) one[side] = await rate(fastest[side], Number(seconds));
    for (const side of sides) found[side].push(one[side].imagesPerSecond);
    ratios.push(one.convoy.imagesPerSecond / one.onnxruntime.imagesPerSecond);
  }
  const words = sides.map(
    (side) => `${fastest[side]} thread(s) ${Math.round(median(found[side]))} images/s`,
  );
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  console.log(`${form}: ${words.join(", ")}; ratio ${median(ratios).toFixed(2)} (${spread})`);
}
for (const { close } of Object.values(servers)) await close();
