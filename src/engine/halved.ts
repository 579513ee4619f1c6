// An engine that multiplies numbers of bf16, whatever it is asked to compute.

import { halfPrecision } from "../graph/passes/halfPrecision.js";
import type { Engine } from "./engine.js";

/**
 * An engine whose programs multiply operands of bf16 and store images as bf16; sums, vectors, inputs and outputs stay
 * f32. All else is the engine's own, which it closes.
 */
export const halved = (engine: Engine): Engine => ({
  name: engine.name,
  threads: engine.threads,
  precision: engine.precision,
  reduce: engine.reduce,
  compile: (graph, options) => engine.compile(halfPrecision(graph), options),
  measure: (graph, options) => engine.measure(halfPrecision(graph), options),
  vector: (length) => engine.vector(length),
  buffer: engine.buffer.bind(engine),
  gather: (batch, out) => engine.gather(batch, out),
  close: () => engine.close(),
});
