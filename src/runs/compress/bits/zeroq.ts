// Bits by how far what the net says moves when one layer has few (Cai et al. 2020, ZeroQ, arXiv 2001.00281): no labels are
// asked for, and of a net with batch norm no images either.

import {
  allocate,
  type BitLayer,
  costOf,
  distilledImages,
  givenShares,
  hasStatistics,
  mixedWithFloat,
} from "../../../compress/index.js";
import { input, WEIGHTS } from "../../../graph/index.js";
import { InputError } from "../../../inputError.js";
import { IMAGES, netOf } from "../../../nn/index.js";
import { firstImages, startedOn } from "../startedNet.js";
import { shareWriter } from "./bitNet.js";
import type { BitChooser, BitQuestion } from "./chooser.js";

/** Images that the net is asked about. */
const BATCH = 64;
/** What the net in f32 says, as an input of the other. */
const SAID = "said";

/** Images that look to the net as those that it was trained on, or where nothing in it tells how these look, some of those. */
async function imagesFor({ net, images, onWarning }: BitQuestion): Promise<Float32Array> {
  const { engine, model, config } = net;
  const { seed } = config.settings;
  if (hasStatistics(model)) {
    return (await distilledImages(engine, model, await net.w.read(), { batch: BATCH, seed }))
      .images;
  }
  onWarning?.("the net has no batch norm to make images by; training images stand for them");
  return firstImages(net, images);
}

/** The net in any bits, one group at a time, beside the net in f32: how far apart what they say is. */
async function openDivergence({ net, plan }: BitQuestion, images: Float32Array) {
  const { engine, model, task, info } = net;
  if (!task.distil) {
    throw new InputError(`task ${task.name}: there is no measure of how far what two nets say is`);
  }
  const float = plan.choices.length;
  const batch = images.length / model.input.reduce((size, side) => size * side, 1);
  const quantising = mixedWithFloat(plan, givenShares(float + 1));
  const started = await startedOn(net, quantising, images);
  const { graph, output } = netOf({ ...model, passes: quantising.passes }, batch, {
    training: false,
  });
  graph.output("output", output);
  const said = input(graph, SAID, output.shape);
  graph.output("far", task.distil(output, said, 1, info.constants));
  const program = await engine.compile(graph, { frozen: [WEIGHTS] });
  const w = engine.vector(started.w.length);
  await w.write(started.w);
  const write = shareWriter(plan, started.net.layout);
  const run = async (of: (group: number) => number, wanted: Float32Array) => {
    await write(w, float + 1, of);
    return program.run({
      vectors: { [WEIGHTS]: w },
      inputs: { [IMAGES]: images, [SAID]: wanted },
    });
  };
  const nobody = new Float32Array(output.shape.reduce((size, side) => size * side, 1));
  const wanted = (await run(() => float, nobody)).output as Float32Array;
  return async (group: number, choice: number): Promise<number> => {
    const { far } = await run((at) => (at === group ? choice : float), wanted);
    return (far as Float32Array).reduce((sum, one) => sum + one, 0) / batch;
  };
}

export const zeroq: BitChooser = {
  name: "zeroq",
  source: "Cai et al. 2020, arXiv 2001.00281",
  measures: "divergence at the fewest bits",
  async choose(question) {
    const { groups, choices, cost, budget } = question.plan;
    const divergence = await openDivergence(question, await imagesFor(question));
    const layers: BitLayer[] = [];
    for (const [at, group] of groups.entries()) {
      const found: number[] = [];
      for (const choice of choices.keys()) found.push(await divergence(at, choice));
      // What a group moves belongs to its layers together.
      const own = group.layers.map((layer) => ({
        ...{ name: layer.name, tie: group.name },
        choices: choices.map((bits, choice) => ({
          ...{ bits, cost: costOf(cost, [layer], bits) },
          loss: found[choice] / group.layers.length,
        })),
      }));
      layers.push(...own);
    }
    const { bits } = allocate(layers, budget);
    const measure = new Map(layers.map(({ name, choices: [{ loss }] }) => [name, loss]));
    return { bits, measure, layers };
  },
};
