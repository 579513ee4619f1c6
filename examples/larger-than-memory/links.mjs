// Makes a large folder of photographs out of a small one, by links to the same files:
//
//   node examples/larger-than-memory/links.mjs PHOTOS OUT COPIES
//
// PHOTOS has train/<class>/ and val/<class>/. Every copy is decoded and kept as an image of its own.

import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { extname, join, resolve } from "node:path";

const [photos, out, copies] = process.argv.slice(2);
if (!copies) {
  console.error("usage: node examples/larger-than-memory/links.mjs PHOTOS OUT COPIES");
  process.exit(2);
}

for (const part of ["train", "val"]) {
  for (const name of readdirSync(join(photos, part))) {
    const [from, to] = [photos, out].map((folder) => join(folder, part, name));
    mkdirSync(to, { recursive: true });
    for (const file of readdirSync(from)) {
      // The selection set stays small.
      for (let copy = 0; copy < (part === "train" ? Number(copies) : 1); copy++) {
        symlinkSync(resolve(from, file), join(to, `${copy}-${file.slice(0, 60)}${extname(file)}`));
      }
    }
  }
}
