// Joins a data set whose training and test images lie in two archives into one that tells them apart.
//
//   node examples/cooperative/oneArchive.mjs TRAINING.npz TESTING.npz OUT.npz

import { readFileSync, writeFileSync } from "node:fs";
import { readNpz, writeNpz } from "convoynet/tensor";

const [training, testing, out] = process.argv.slice(2);
if (!out) {
  console.error("usage: node examples/cooperative/oneArchive.mjs TRAINING.npz TESTING.npz OUT.npz");
  process.exit(2);
}

const partOf = (file, name) => {
  const arrays = readNpz(readFileSync(file), { source: file });
  return ["images", "labels"].map((what) => [`${name}_${what}`, arrays.get(what)]);
};
const arrays = [...partOf(training, "train"), ...partOf(testing, "test")];
writeFileSync(out, writeNpz(arrays));
