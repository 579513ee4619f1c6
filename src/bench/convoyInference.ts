// Convoy's forward pass exactly as a trained net predicts: outputs of a batch.

import { createEngine } from "../engine/index.js";
import { WEIGHTS } from "../graph/index.js";
import { IMAGES, initialise } from "../nn/index.js";
import { predictionGraph } from "../tasks/index.js";
import { version } from "../version.js";
import type { Arrangement, ConvoyContender } from "./convoy.js";
import { modelOf, randomImages, settingOf } from "./convoyParts.js";
import type { Workload } from "./workload.js";

/** Forward passes of one net. */
export async function openInference(
  workload: Workload,
  { engine: name, threads }: Arrangement,
): Promise<ConvoyContender> {
  const net = predictionGraph(modelOf(workload), workload.batch);
  const engine = await createEngine({ engine: name, threads });
  const program = await engine.compile(net.graph, { frozen: [WEIGHTS] });
  const w = engine.vector(net.layout.length);
  await w.write(initialise(net, 1));
  const bindings = {
    vectors: { [WEIGHTS]: w },
    inputs: { [IMAGES]: randomImages(engine, workload) },
  };
  return {
    version,
    setting: settingOf([engine]),
    parameters: net.layout.trainable,
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
