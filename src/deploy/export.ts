// A run's net as a file for other programs.

import { zipSync } from "fflate";
import { writeFileAtomic } from "../files/atomicFile.js";
import { InputError } from "../inputError.js";
import { netOf } from "../nn/index.js";
import { openTrained, type Trained } from "../runs/index.js";
import { writeSafetensors } from "../tensor/safetensors.js";
import { tensorsOf } from "../train/weights.js";
import { bundleFiles, writeBundle } from "./bundle/index.js";
import { metadataOf } from "./metadata.js";
import type { IntegerWeights } from "./onnx/emission.js";
import { onnxFile } from "./onnx/model.js";
import { onnxGraph } from "./onnx/onnxGraph.js";
import { type Parity, parity, samplesOf } from "./parity.js";
import { loadRuntime, RUNTIME } from "./runtime.js";

/** Forms in which a net can be exported. */
export const exportFormats = ["onnx", "safetensors", "bundle"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Options of {@link exportRun}. */
export interface ExportOptions {
  readonly format: ExportFormat;
  /** The file, or the folder of a bundle. */
  readonly out: string;
  /** Where the data of the run are now; default where they were. */
  readonly data?: string;
  /** Images on which the file is compared with the run's net; default 32, and 0 compares nothing. */
  readonly samples?: number;
  /** How ONNX holds weights of whole numbers: `u8`, which is right on every processor, or `i8`, which is faster on some; default `u8`. */
  readonly integerWeights?: IntegerWeights;
  readonly engine?: string;
  readonly threads?: number;
}

/** What was written. */
export interface ExportReport {
  readonly format: ExportFormat;
  readonly out: string;
  readonly model: string;
  readonly task: string;
  readonly bytes: number;
  /** Of ONNX: whether it takes any number of images at once. */
  readonly freeBatch?: boolean;
  /** Of ONNX: nodes by their types. */
  readonly nodes?: Readonly<Record<string, number>>;
  /** Of ONNX: how close it is to the run's net; absent where it was not compared. */
  readonly parity?: Parity;
  /** Why it was not compared. */
  readonly unchecked?: string;
}

/** A net as an ONNX file, and what is said of it. */
interface Made extends Pick<ExportReport, "freeBatch" | "nodes"> {
  readonly file: Uint8Array;
}

/** The ONNX file of a run's net: input `images` f32 [batch, c, h, w] of pixels from 0 to 255, one output named after the task. */
export async function onnxOf(net: Trained, integerWeights?: IntegerWeights): Promise<Made> {
  const { model, info, task, w } = net;
  const { mean, std } = info;
  const build = (batch: number) => netOf(model, batch, { training: false });
  const options = {
    ...{ name: info.model, output: task.name, normalise: { mean, std } },
    integerWeights,
  };
  const { graph, freeBatch } = onnxGraph(build, await w.read(), options);
  const nodes: Record<string, number> = {};
  for (const { op_type = "" } of graph.node ?? []) nodes[op_type] = (nodes[op_type] ?? 0) + 1;
  const doc = `${info.model}: ${task.description}`;
  return { file: onnxFile(graph, doc, metadataOf(net)), freeBatch, nodes };
}

/** A net as a bundle in a zip file, whose files lie in a folder of this name. */
export async function zippedBundle(net: Trained, folder: string): Promise<Uint8Array> {
  const { file } = await onnxOf(net);
  return zipSync({ [folder]: bundleFiles(net, file) });
}

/** Weights under their layers' names, and what they belong to as texts. */
export async function safetensorsOf(net: Trained): Promise<Uint8Array> {
  const { layout } = netOf(net.model, 1, { training: false });
  return writeSafetensors(tensorsOf(layout, await net.w.read()), metadataOf(net));
}

/** Compares where that is possible. */
async function compared(
  net: Trained,
  { file, freeBatch }: Made,
  { samples = 32, data }: ExportOptions,
): Promise<Pick<ExportReport, "parity" | "unchecked">> {
  if (samples === 0) return { unchecked: "no images were asked for" };
  const runtime = await loadRuntime();
  if (!runtime) return { unchecked: `${RUNTIME} is not installed here: npm install ${RUNTIME}` };
  let images: Awaited<ReturnType<typeof samplesOf>>;
  try {
    images = await samplesOf(net, samples, data);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { unchecked: `the images of the run cannot be read: ${error.message}` };
  }
  return { parity: await parity(net, runtime, file, images, freeBatch === true) };
}

async function exported(net: Trained, options: ExportOptions): Promise<ExportReport> {
  const { format, out } = options;
  const about = { format, out, model: net.info.model, task: net.task.name };
  if (format === "safetensors") {
    const file = await safetensorsOf(net);
    await writeFileAtomic(out, file);
    return { ...about, bytes: file.length };
  }
  const made = await onnxOf(net, options.integerWeights);
  const found = await compared(net, made, options);
  const { file, freeBatch, nodes } = made;
  const bytes = format === "bundle" ? await writeBundle(net, file, out) : file.length;
  if (format === "onnx") await writeFileAtomic(out, file);
  return { ...about, bytes, freeBatch, nodes, ...found };
}

/**
 * Writes a run's net, its best weights, for other programs: an ONNX file of opset 17, a safetensors file, or a folder with a
 * net and a program that uses it. ONNX is compared with the run's net on images of the run where onnxruntime-node is installed.
 *
 * @throws InputError for a folder that holds no run, and a net with an op that ONNX graphs cannot have.
 * @example
 * import { exportRun } from "convoynet/deploy";
 * const { task } = await exportRun("runs/a", { format: "onnx", out: "lenet5.onnx", samples: 0 });
 * task; // "classify"
 */
export async function exportRun(run: string, options: ExportOptions): Promise<ExportReport> {
  const { engine, threads } = options;
  const net = await openTrained(run, { engine, threads });
  try {
    return await exported(net, options);
  } finally {
    await net.close();
  }
}
