// The machine at hand as a roofline: its best matrix product, and its memory.

import type { Machine } from "../cost/index.js";
import { InputError } from "../inputError.js";
import { usableCores } from "../machine.js";
import { measureBandwidth } from "./bandwidth.js";
import { describeMachine } from "./machine.js";
import { measurePeak } from "./peak.js";

/**
 * Measures the machine at hand with f32 numbers, on so many threads; takes a few seconds.
 *
 * @throws InputError without the native engine.
 */
export async function thisMachine(threads = usableCores()): Promise<Machine> {
  const peak = await measurePeak([threads]);
  if (!peak) {
    throw new InputError(
      "the native engine is not there, and the reference engine says little of a machine; build it: convoy setup",
    );
  }
  return {
    name: `${describeMachine().cpu}, ${threads} threads`,
    source: "measured: best matrix product of f32, sum of two long vectors",
    macsPerSecond: peak.matmul[threads] / 2,
    bytesPerSecond: await measureBandwidth(threads),
  };
}
