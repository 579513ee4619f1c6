// Convoy's training step exactly as the trainer runs it, of one net or of several that share engines.

import {
  evenOffsets,
  identity,
  type Labels,
  type Ragged,
  ragged,
  Sample,
  targetBuffers,
} from "../data/index.js";
import { createEngine, type Engine } from "../engine/index.js";
import { InputError } from "../inputError.js";
import type { Model } from "../models/index.js";
import { initialise, netOf } from "../nn/index.js";
import { bindRule, getRule, initState } from "../optim/index.js";
import {
  type Asked,
  ask,
  type OutputForm,
  outputShape,
  targetsOf,
  taskFor,
} from "../tasks/index.js";
import { formatShape, sameShape } from "../tensor/shape.js";
import { compileTraining, type Examples, pipeline } from "../train/index.js";
import { version } from "../version.js";
import type { Arrangement, ConvoyContender } from "./convoy.js";
import { modelOf, randomImages, settingOf } from "./convoyParts.js";
import type { Workload } from "./workload.js";

const rule = getRule("nesterov");
const HYPER = { lr: 0.01, decay: 5e-4 };

/** Boxes of an image. */
const BOXES = 8;

/** Eight boxes an image, a class each in turn, from small to nearly as large as the image. */
function boxesOf({ batch, classes, image: [, height, width] }: Workload): Ragged<Float32Array> {
  const lists = Array.from({ length: batch }, (_, at) =>
    Array.from({ length: BOXES }, (_, box) => {
      const [left, top] = [(width * box) / (2 * BOXES), (height * box) / (2 * BOXES)];
      const share = (box + 1) / (BOXES + 1);
      return [left, top, left + (share * width) / 2, top + (share * height) / 2, at % classes, 0];
    }).flat(),
  );
  return ragged(new Float32Array(0), lists);
}

/** Tokens of a line. */
const TOKENS = 4;

/** Tokens of lines. */
function textsOf(
  { batch }: Workload,
  turns: (length: number) => Int32Array,
  vocabulary: readonly string[],
): Labels {
  const of = { data: turns(TOKENS * batch), offsets: evenOffsets(batch, TOKENS) };
  return { kind: "tokens", of, vocabulary };
}

/** Labels that take the classes in turn, by what a net gives. */
const labelled: {
  readonly [F in OutputForm]: (
    workload: Workload,
    turns: (length: number) => Int32Array,
    names: readonly string[],
  ) => Labels;
} = {
  vector: ({ batch }, turns, classes) => ({ kind: "class", of: turns(batch), classes }),
  map: ({ batch, image: [, height, width] }, turns, classes) => {
    const pixels = height * width;
    const data = Uint8Array.from(turns(batch * pixels));
    return { kind: "mask", of: { data, offsets: evenOffsets(batch, pixels) }, classes };
  },
  cells: (workload, _, classes) => ({ kind: "boxes", of: boxesOf(workload), classes }),
  frames: textsOf,
  pieces: textsOf,
};

/** Labels for what a model gives. */
function labelsOf(workload: Workload, model: Model): Labels {
  const [, ...shape] = netOf(model, 1, { training: false }).output.shape;
  const forms = Object.keys(labelled) as OutputForm[];
  const form = forms.find((output) => sameShape(outputShape({ output }, model), shape));
  if (!form)
    throw new InputError(`model ${model.name} gives ${formatShape(shape)}, which no task asks for`);
  const names = Array.from({ length: workload.classes }, (_, at) => `${at}`);
  const turns = (length: number) => Int32Array.from({ length }, (_, at) => at % names.length);
  return labelled[form](workload, turns, names);
}

/** The targets of these labels, each image being the only one of its place. */
function fillTargets(
  engine: Engine,
  { model, task, constants }: Asked,
  labels: Labels,
  batch: number,
): Examples["targets"] {
  const [, height, width] = model.input;
  const size = { height, width };
  const maker = targetsOf(model, task, labels, constants);
  const into = targetBuffers(engine, maker, batch);
  const samples = Array.from({ length: batch }, () => new Sample(() => identity));
  const indices = Int32Array.from({ length: 2 * batch }, (_, at) => (at % 2 === 0 ? at / 2 : -1));
  const [sizes, maps] = [samples.map(() => size), samples.map(() => identity)];
  maker.fill({ indices, samples, sizes, maps, to: size }, into);
  return into;
}

/** Nets with the same programs on one engine. */
interface Host {
  readonly parameters: number;
  readonly flops: number;
  readonly peakBytes: number;
  /** One step of each net on the same images. */
  start(images: Examples, step: number): Promise<unknown>;
  batch(): Promise<Examples>;
}

async function openHost(
  engine: Engine,
  workload: Workload,
  particles: readonly number[],
): Promise<Host> {
  const { batch, memory, precision } = workload;
  const model = await modelOf(workload);
  const labels = labelsOf(workload, model);
  const question = ask(model, taskFor(labels), labels);
  const numbers = precision === "bf16" ? precision : "f32";
  const training = await compileTraining(engine, question, {
    batch,
    memory,
    precision: numbers,
    rule,
  });
  const { trainable, length } = training.layout;
  const images = {
    images: randomImages(engine, workload),
    targets: fillTargets(engine, question, labels, batch),
  };
  const nets = await Promise.all(
    particles.map(async (particle) => {
      const w = engine.vector(length);
      await w.write(initialise(training, 1, particle));
      const objective = training.objective({ seed: 1, particle });
      return { w, objective, state: initState(engine, rule, trainable) };
    }),
  );
  const own = 4 * (length + rule.state.length * trainable);
  const inputs = [images.images, ...Object.values(images.targets)];
  const shared = 4 * inputs.reduce((sum, { length }) => sum + length, 0);
  return {
    parameters: trainable,
    flops: training.flops * particles.length,
    peakBytes: training.memory.peakBytes + shared + own * particles.length,
    batch: async () => images,
    start: (batch, step) =>
      Promise.all(
        nets.map(({ w, objective, state }) =>
          objective.descend!(w, batch, bindRule(rule, state, { ...HYPER, step }), {
            epoch: 0,
            step,
          }),
        ),
      ),
  };
}

/** Training steps of the workload's nets, dealt out to the engines; a step is one of each net. */
export async function openTraining(
  workload: Workload,
  arrangement: Arrangement,
): Promise<ConvoyContender> {
  const { engine: name, threads } = arrangement;
  const engines = await Promise.all(
    Array.from({ length: arrangement.engines }, () => createEngine({ engine: name, threads })),
  );
  const particles = Array.from({ length: workload.nets }, (_, at) => at);
  const hosts = await Promise.all(
    engines.map((engine, at) => {
      const own = particles.filter((particle) => particle % engines.length === at);
      return openHost(engine, workload, own);
    }),
  );
  let next = 1;
  return {
    version,
    setting: settingOf(engines),
    parameters: hosts[0].parameters,
    flops: hosts.reduce((sum, { flops }) => sum + flops, 0),
    cores: engines.length * threads,
    peakBytes: hosts.reduce((sum, { peakBytes }) => sum + peakBytes, 0),
    async run(steps) {
      const range = { epoch: 0, from: next, to: next + steps };
      next = range.to;
      const begin = performance.now();
      await Promise.all(
        hosts.map((host) => pipeline(host, range, { start: host.start, finish: () => undefined })),
      );
      return (performance.now() - begin) / 1000;
    },
    close: async () => void (await Promise.all(engines.map((engine) => engine.close()))),
  };
}
