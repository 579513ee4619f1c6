// Convoy's forward pass exactly as a trained net predicts: outputs of a batch.

import { calibrate, integers } from "../compress/index.js";
import { createEngine, type Engine } from "../engine/index.js";
import { WEIGHTS } from "../graph/index.js";
import { halfPrecision } from "../graph/passes/halfPrecision.js";
import { type CompactNet, compact, IMAGES, initialise, netOf } from "../nn/index.js";
import { version } from "../version.js";
import type { Arrangement, ConvoyContender } from "./convoy.js";
import { modelOf, randomImages, settingOf } from "./convoyParts.js";
import type { Workload } from "./workload.js";

/** Images that ranges are found on: random ones, since nothing but time is asked. */
const CALIBRATION = 4;

/** The net in whole numbers, of ranges that a few images give. */
async function wholeNet(
  engine: Engine,
  workload: Workload,
  given: CompactNet,
): Promise<CompactNet> {
  const small = compact(given.net, given.w);
  const few = { ...workload, batch: Math.min(workload.batch, CALIBRATION) };
  const seen = compact(netOf(await modelOf(few), few.batch, { training: false }), given.w);
  return integers(small, await calibrate(engine, seen, [randomImages(engine, few)]));
}

/** Forward passes of one net. */
export async function openInference(
  workload: Workload,
  { engine: name, threads }: Arrangement,
): Promise<ConvoyContender> {
  const whole = netOf(await modelOf(workload), workload.batch, { training: false });
  const engine = await createEngine({ engine: name, threads });
  const given = { net: whole, w: initialise(whole, 1) };
  const used = workload.precision === "int8" ? await wholeNet(engine, workload, given) : given;
  const { net } = used;
  net.graph.output("output", net.output);
  const graph = workload.precision === "bf16" ? halfPrecision(net.graph) : net.graph;
  const program = await engine.compile(graph, { frozen: [WEIGHTS] });
  const w = engine.vector(used.w.length);
  await w.write(used.w);
  const bindings = {
    vectors: { [WEIGHTS]: w },
    inputs: { [IMAGES]: randomImages(engine, workload) },
  };
  return {
    version,
    setting: settingOf([engine]),
    parameters: whole.layout.trainable,
    flops: program.flops,
    cores: threads,
    peakBytes: program.memory.peakBytes + 4 * (net.layout.length + bindings.inputs[IMAGES].length),
    async run(steps) {
      const start = performance.now();
      for (let at = 0; at < steps; at++) await program.run(bindings);
      return (performance.now() - start) / 1000;
    },
    close: () => engine.close(),
  };
}
