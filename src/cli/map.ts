// `convoy map RUN IMAGES`: where images lie for a run's net, as one SVG.

import type { Command } from "commander";
import { type MapPoint, mapChart } from "../charts/mapChart.js";
import {
  type Dataset,
  decodeImage,
  type Image,
  listImages,
  readerOf,
  type Splits,
  sizeAt,
  subset,
} from "../data/index.js";
import { getProjection, matrix, projections } from "../estimators/index.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { InputError } from "../inputError.js";
import { type Features, openTrained, type Trained, thumbnailOf } from "../runs/index.js";
import { unitRows } from "../tasks/index.js";
import { Random } from "../tensor/philox.js";
import { counted, grouped, sixDigits } from "../text/format.js";
import { count, countOrNone } from "./arguments.js";
import { type Console, say, sayJson } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { parseTexts } from "./flags.js";
import { expectNoImage } from "./imageArguments.js";
import { imageFeatures } from "./imageFeatures.js";
import { nameData, openNamedData } from "./namedData.js";

interface Options extends EngineFlags {
  readonly out: string;
  readonly method: string;
  readonly images: number;
  readonly seed: number;
  readonly thumbnails?: boolean;
  readonly columns?: Record<string, string>;
  readonly json?: boolean;
}

/** Images with their features. */
interface Located extends Features {
  /** What they are images of, in words. */
  readonly name: string;
  /** How many there were to draw from. */
  readonly from: number;
  /** Names of files, or numbers in the data set. */
  readonly images: readonly (string | number)[];
  readonly classes: readonly string[];
  /** Number of each image's class; absent where there are none. */
  readonly classOf?: Int32Array;
  image(at: number): Promise<Image>;
}

/** Numbers of some of many, drawn by a seed, rising. */
const drawn = (from: number, { images, seed }: Options): Int32Array =>
  new Random({ seed, purpose: "split" }).permutation(from).subarray(0, images).sort();

/** Images of a data set: of its test set where it has one, as the net has learned from others. */
async function locateData(
  net: Trained,
  { train, test }: Splits,
  options: Options,
): Promise<Located> {
  const part: Dataset = test ?? train;
  const numbers = drawn(part.length, options);
  const chosen = subset(part, numbers);
  const { labels, ids, channels } = chosen;
  return {
    ...(await net.features(chosen)),
    name: part.name,
    from: part.length,
    images: ids ?? [...numbers],
    classes: labels.kind === "class" ? labels.classes : [],
    ...(labels.kind === "class" && { classOf: labels.of }),
    async image(at) {
      const reader = readerOf(chosen.images, channels);
      const data = reader.read(at).slice();
      reader.close();
      return { ...sizeAt(chosen.images, at), channels, data };
    },
  };
}

/** Image files, of which nothing is known. */
async function locateFiles(
  net: Trained,
  named: readonly string[],
  listed: readonly string[],
  options: Options,
  console: Console,
): Promise<Located> {
  const chosen = Array.from(drawn(listed.length, options), (at) => listed[at]);
  const { files, ...features } = await imageFeatures(net, chosen, console);
  return {
    ...features,
    name: named.join(", "),
    from: listed.length,
    images: files,
    classes: [],
    image: (at) => decodeImage(files[at], { channels: 3, side: 96 }),
  };
}

async function draw(run: string, located: Located, options: Options, console: Console) {
  const { method, seed, out, json, thumbnails } = options;
  const { of, width, images, classes, classOf, from } = located;
  const { project, title } = getProjection(method);
  // Features count by their direction, as they do for neighbours.
  const rows = matrix(unitRows(of, width), images.length, width);
  const { points, note, axes } = await project(rows, { seed, purpose: "search" });
  const [x, y] = [0, 1].map((k) => images.map((_, at) => sixDigits(points.data[2 * at + k])));
  const classAt = (at: number) => (classOf === undefined ? undefined : classes[classOf[at]]);
  const marks: MapPoint[] = [];
  for (const [at, name] of images.entries()) {
    const words = typeof name === "number" ? `image ${name}` : name;
    marks.push({
      ...{ x: x[at], y: y[at], group: classOf?.[at] },
      title: classOf ? `${words}: ${classAt(at)}` : words,
      ...(thumbnails && { thumbnail: await thumbnailOf(await located.image(at)) }),
    });
  }
  const many =
    images.length < from
      ? `${grouped(images.length)} of ${grouped(from)} images`
      : counted(from, "image");
  const chart = { title: `${run}: ${located.name}`, groups: classes, points: marks, axes };
  await writeFileAtomic(out, mapChart({ ...chart, note: `${many}; ${title}: ${note}` }));
  if (!json) return say(console.out, `${out}: ${many}; ${title}: ${note}`);
  const places = images.map((image, at) => ({ image, class: classAt(at), x: x[at], y: y[at] }));
  sayJson(console, { run, method, seed, out, note, axes, images: places });
}

export function define(command: Command, console: Console): void {
  addEngineFlags(command);
  command
    .argument("<run>", "run folder")
    .argument(
      "<images...>",
      "data set, whose classes are coloured; or image files, folders of them, patterns such as 'photos/*.jpg'",
    )
    .requiredOption("--out <file>", "the .svg file to write")
    .option(
      "--method <name>",
      `how the plane is found: ${projections.map(({ name, title }) => `${name} (${title})`).join(", ")}`,
      "pca",
    )
    .option("--images <n>", "most images; of more, so many are drawn", count, 1000)
    .option("--seed <number>", "names the random numbers", countOrNone, 0)
    .option("--thumbnails", "show the images instead of marks")
    .option("--columns <role=name,...>", "what its columns or arrays hold", parseTexts)
    .option("--json", "print one JSON object with the places too")
    .addHelpText("after", "\nOf a data set with a test set the images of that are shown.")
    .action(async (run: string, named: string[], options: Options) => {
      const { out, method, columns, engine, threads } = options;
      getProjection(method);
      if (!out.endsWith(".svg")) {
        throw new InputError(
          `--out ${out}: a map is drawn as SVG; expected a name that ends in .svg`,
        );
      }
      const files = (await nameData(named)) ? undefined : await listImages(named);
      if (files) expectNoImage("--out", out, files);
      if (files && columns !== undefined) {
        throw new InputError("--columns has no effect on images without labels; leave it out");
      }
      const net = await openTrained(run, { engine, threads });
      try {
        const located = files
          ? await locateFiles(net, named, files, options, console)
          : await locateData(
              net,
              await openNamedData(net, named[0], { columns }, console),
              options,
            );
        await draw(run, located, options, console);
      } finally {
        await net.close();
      }
    });
}
