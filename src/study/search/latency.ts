// How long a net takes for one image.

import { quantile } from "../../bench/measure.js";
import { createEngine } from "../../engine/index.js";
import { WEIGHTS } from "../../graph/index.js";
import type { Model } from "../../models/index.js";
import { compact, IMAGES, initialise, netOf } from "../../nn/index.js";
import { sizeOf } from "../../tensor/shape.js";

/** Passes before those that are measured, and these. */
const [WARM, MEASURED] = [3, 21];

/**
 * The median time of a forward pass of one image on one thread, as a trained net is used, in milliseconds. It differs
 * from call to call, and counts what else the machine does.
 */
export async function latencyOf(model: Model, name?: string): Promise<number> {
  const whole = netOf(model, 1, { training: false });
  const { net, w: values } = compact(whole, initialise(whole, 1));
  const engine = await createEngine({ engine: name, threads: 1 });
  try {
    net.graph.output("output", net.output);
    const program = await engine.compile(net.graph, { frozen: [WEIGHTS] });
    const w = engine.vector(values.length);
    await w.write(values);
    const image = engine.buffer(sizeOf(model.input));
    const bindings = { vectors: { [WEIGHTS]: w }, inputs: { [IMAGES]: image } };
    const times: number[] = [];
    for (let at = 0; at < WARM + MEASURED; at++) {
      const start = performance.now();
      await program.run(bindings);
      times.push(performance.now() - start);
    }
    return quantile(times.slice(WARM), 0.5);
  } finally {
    await engine.close();
  }
}
