// Staves of another engraver: the melodies of `convoy make staves`, engraved by Verovio (https://www.verovio.org, fonts and all) in the
// format of `make staves`, so that what was learnt from one engraver can be tested on another.
//
//   npm install --no-save verovio @resvg/resvg-js
//   node examples/music/verovio.mjs COUNT FOLDER [SEED]

import { Resvg } from "@resvg/resvg-js";
import { randomMelody, staveMaker, writeLines } from "convoynet/make";
import { agnosticOf, musicXml, semanticOf } from "convoynet/music";
import { Random } from "convoynet/tensor";
import { VerovioToolkit } from "verovio/esm";
import createVerovioModule from "verovio/wasm";

const [count, folder, seed = "1"] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node examples/music/verovio.mjs COUNT FOLDER [SEED]");
  process.exit(2);
}

/** Height of an image, the distance of lines, and where the lowest lies, as `make staves` has them. */
const [HEIGHT, SPACE, LOWEST] = [64, 6, 44];
const FONTS = ["Leipzig", "Bravura", "Leland", "Petaluma"];
const BARS = 2;

const toolkit = new VerovioToolkit(await createVerovioModule());

/** A melody as Verovio draws it, with room around it, u8 grey. */
function drawn(melody, random) {
  toolkit.setOptions({
    font: FONTS[random.integer(FONTS.length)],
    ...{ adjustPageHeight: true, adjustPageWidth: true, breaks: "none", scale: 100 },
    ...{ header: "none", footer: "none", svgViewBox: false },
    ...{ pageMarginLeft: 20, pageMarginRight: 20, pageMarginTop: 200, pageMarginBottom: 200 },
    spacingNonLinear: 0.5 + 0.15 * random.uniform(),
  });
  const xml = musicXml(melody).replace("<part-name>", '<part-name print-object="no">');
  toolkit.loadData(xml);
  const zoom = { mode: "zoom", value: SPACE / 18 };
  const page = new Resvg(toolkit.renderToSVG(1), { background: "white", fitTo: zoom }).render();
  // Asked once: each time it is a copy.
  const { height, width, pixels } = page;
  return {
    height,
    width,
    data: Uint8Array.from({ length: height * width }, (_, at) => pixels[4 * at]),
  };
}

/** The row of the lowest line: rows that are dark most of their way lie as far apart as lines do. */
function lowestLine({ height, width, data }) {
  const darkness = Array.from({ length: height }, (_, y) =>
    data.subarray(y * width, (y + 1) * width).reduce((sum, byte) => sum + 255 - byte, 0),
  );
  const lines = (y) => [0, 1, 2, 3, 4].reduce((sum, k) => sum + (darkness[y - k * SPACE] ?? 0), 0);
  return darkness.reduce((best, _, y) => (lines(y) > lines(best) ? y : best), 0);
}

/** Cut to the height of a line of `make staves`, its staff where that has it. */
function cut(page) {
  const top = lowestLine(page) - LOWEST;
  const data = new Uint8Array(HEIGHT * page.width).fill(255);
  for (let y = 0; y < HEIGHT; y++) {
    if (top + y < 0 || top + y >= page.height) continue;
    const row = page.data.subarray((top + y) * page.width, (top + y + 1) * page.width);
    data.set(row, y * page.width);
  }
  return { height: HEIGHT, width: page.width, channels: 1, data };
}

/** The staves of a part. */
const part = (epoch) => (step) => {
  const random = new Random({ seed: Number(seed), purpose: "make", epoch, step });
  const melody = randomMelody(1 + random.integer(BARS), random);
  const cells = { tokens: agnosticOf(melody).join(" "), semantic: semanticOf(melody).join(" ") };
  return { cells, image: cut(drawn(melody, random)) };
};

// Melodies of other parts than those of `make staves`.
const { vocabulary } = staveMaker({}, 1);
const maker = { vocabulary, train: part(10), selection: part(11), test: part(12) };
const report = await writeLines(maker, Number(count), folder);
console.log(
  `${report.train} staves for training, ${report.test} for the test in ${folder}/texts.csv`,
);
