// The one place that knows engines by name.

import { unknownName } from "../text/words.js";
import type { Engine } from "./engine.js";
import { NativeUnavailable, nativeEngine } from "./native/index.js";
import { referenceEngine } from "./reference/index.js";

export { Combiner, type WeightedVector } from "./combine.js";
export * from "./engine.js";

/** Settings of {@link createEngine}. */
export interface EngineOptions {
  /** `auto`: native where it is built, else reference with a warning. Default `auto`. */
  readonly engine?: string;
  /** Threads of one program; default: all cores. The reference engine has one. */
  readonly threads?: number;
}

export const engineNames = ["auto", "native", "reference"] as const;

let warned = false;

function nativeOrReference(threads: number | undefined): Engine {
  try {
    return nativeEngine({ threads });
  } catch (error) {
    if (!(error instanceof NativeUnavailable)) throw error;
    if (!warned) process.emitWarning(`${error.message}; going on with the slow reference engine`);
    warned = true;
    return referenceEngine();
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
  if (engine === "auto") return nativeOrReference(threads);
  if (engine === "native") return nativeEngine({ threads });
  if (engine === "reference") return referenceEngine();
  throw unknownName("engine", engine, engineNames);
}
