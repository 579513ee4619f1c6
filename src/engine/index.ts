// The one place that knows engines by name.

import type { Graph, Node } from "../graph/index.js";
import { unknownName } from "../text/words.js";
import type { Engine } from "./engine.js";

export { Combiner, type WeightedVector } from "./combine.js";
export * from "./engine.js";
export { halved } from "./halved.js";
export { type PixelOperation, type PixelStep, pixelOperations, writeOperations } from "./pixels.js";

/** Settings of {@link createEngine}. */
export interface EngineOptions {
  /** `auto`: native where it is built, else reference with a warning. Default `auto`. */
  readonly engine?: string;
  /** Threads of one program; default: all cores. The reference engine has one. */
  readonly threads?: number;
}

type Load = (options: Pick<EngineOptions, "threads">) => Promise<Engine>;

/** How each engine is made; its code is loaded when it is asked for, so that no program carries all of them. */
const engines = {
  auto: nativeOrReference,
  async native(options) {
    const { nativeEngine } = await import("./native/index.js");
    return nativeEngine(options);
  },
  async reference() {
    const { referenceEngine } = await import("./reference/index.js");
    return referenceEngine();
  },
} satisfies Readonly<Record<string, Load>>;

export const engineNames = Object.keys(engines) as readonly (keyof typeof engines)[];

/** Convolutions of one channel each, which are bound by memory, and for which engines have no kernels of bf16. */
const isDepthwise = ({ op, attrs, inputs }: Node): boolean =>
  op.name === "conv2d" && inputs[0].shape[1] > 1 && attrs["groups"] === inputs[0].shape[1];

/** Whether an engine's programs of a net are faster with operands of bf16 than of f32, on this processor. */
export async function multipliesHalf(engine: string, { nodes }: Graph): Promise<boolean> {
  if (engine === "reference" || nodes.some(isDepthwise)) return false;
  const { loadAddon, NativeUnavailable } = await import("./native/index.js");
  try {
    return loadAddon().describe().tiles;
  } catch (error) {
    if (error instanceof NativeUnavailable) return false;
    throw error;
  }
}

let warned = false;

async function nativeOrReference(options: Pick<EngineOptions, "threads">): Promise<Engine> {
  try {
    return await engines.native(options);
  } catch (error) {
    if (!(error instanceof Error && error.name === "NativeUnavailable")) throw error;
    if (!warned) process.emitWarning(`${error.message}; going on with the slow reference engine`);
    warned = true;
    return engines.reference();
  }
}

/**
 * Creates an engine.
 *
 * @throws RangeError for an unknown name or a bad number of threads; NativeUnavailable when `native`
 * is asked for and cannot be had.
 *
 * @example
 * const engine = await createEngine({ engine: "reference" });
 * engine.name; // "reference"
 * await engine.close();
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { engine = "auto", threads } = options;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 1024)) {
    throw new RangeError(`threads: expected a whole number from 1 to 1024, found ${threads}`);
  }
  if (!Object.hasOwn(engines, engine)) throw unknownName("engine", engine, engineNames);
  return engines[engine as keyof typeof engines]({ threads });
}
