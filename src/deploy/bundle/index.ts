// A bundle: a folder with a net and a small program that uses it, in Node.js and in pages.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { expectEmpty, makeFolder } from "../../files/folders.js";
import { readWhole } from "../../files/read.js";
import { InputError } from "../../inputError.js";
import type { Trained } from "../../runs/index.js";
import { printable } from "../../text/printable.js";
import type { BundleInfo } from "./decode.js";

/** Programs of a bundle, which stand alone. */
const PROGRAMS = ["predict", "decode"] as const;
/** As they are compiled; as they are written where they are not. */
const ENDINGS = [[".js", ".d.ts"], [".ts"]] as const;

/** Fits that the program does by itself. */
const FITS = ["crop", "pad", "stretch", "line"];

/** What the program needs to know. */
function infoOf({ info, task }: Trained): BundleInfo {
  const { model, names, constants, input, fit, segmenter } = info;
  const fault =
    segmenter !== undefined ? `cuts lines into pieces (${segmenter})` : `fits images by ${fit}`;
  if (segmenter !== undefined || !FITS.includes(fit)) {
    throw new InputError(`the net ${fault}, which bundles do not do; export it as onnx`);
  }
  return { model, task: task.name, names, constants, input, fit };
}

const readme = ({
  model,
  task,
  input: [channels, height, width],
}: BundleInfo) => `# ${printable(model)} for task ${printable(task)}

\`model.onnx\` is the net (opset 17), \`model.json\` what its numbers mean, \`predict.js\` uses both. Images are given as their
bytes, grey, RGB or RGBA; they are brought to ${height}x${width} pixels of ${channels === 1 ? "grey" : "colour"} by the program.

In Node.js, with \`npm install onnxruntime-node\` (and, say, \`sharp\` to decode files):

\`\`\`js
import * as runtime from "onnxruntime-node";
import sharp from "sharp";
import { open } from "./predict.js";

const net = await open(runtime);
const { data, info } = await sharp("image.png").raw().toBuffer({ resolveWithObject: true });
console.log(await net.predict({ data, width: info.width, height: info.height }));
\`\`\`

In a page, with onnxruntime-web:

\`\`\`js
import * as runtime from "onnxruntime-web";
import { open } from "./predict.js";

const net = await open(runtime);
const context = canvas.getContext("2d");
console.log(await net.predict(context.getImageData(0, 0, canvas.width, canvas.height)));
\`\`\`
`;

/** The program's files by their names. */
function programs(): [name: string, bytes: Uint8Array][] {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const endings = ENDINGS.find(([first]) => existsSync(join(here, `predict${first}`)))!;
  return PROGRAMS.flatMap((program) =>
    endings.map((ending): [string, Uint8Array] => [
      program + ending,
      readWhole(join(here, program + ending)),
    ]),
  );
}

/**
 * The files of a bundle, by their names.
 *
 * @param model the net as an ONNX file
 * @throws InputError for a net whose images the program cannot prepare.
 */
export function bundleFiles(net: Trained, model: Uint8Array): Readonly<Record<string, Uint8Array>> {
  const info = infoOf(net);
  const text = (content: string) => new TextEncoder().encode(content);
  return {
    "model.onnx": model,
    "model.json": text(`${JSON.stringify(info, undefined, 2)}\n`),
    "README.md": text(readme(info)),
    // Node.js takes the program for a module.
    "package.json": text('{ "private": true, "type": "module" }\n'),
    ...Object.fromEntries(programs()),
  };
}

/**
 * Writes a bundle into a folder, which must be empty or new.
 *
 * @returns bytes of all its files
 * @throws InputError for a folder that holds something, and as {@link bundleFiles} does.
 */
export async function writeBundle(
  net: Trained,
  model: Uint8Array,
  folder: string,
): Promise<number> {
  const files = Object.entries(bundleFiles(net, model));
  makeFolder(folder);
  expectEmpty(folder);
  for (const [name, bytes] of files) await writeFileAtomic(join(folder, name), bytes);
  return files.reduce((sum, [, bytes]) => sum + bytes.length, 0);
}
