// Finding and loading the addon, and its surface in types. See native/addon.cc.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { InputError } from "../../inputError.js";
import type { Buffer, MemoryReport } from "../engine.js";

/** A compiled program inside the addon. */
export interface NativeProgram {
  readonly handle: object;
  readonly memory: MemoryReport;
}

/**
 * A thread that does its work in order; see `Engine`. It checks types, lengths and memory itself. What a call reads
 * it copies before it returns, but for memory of `allocate`, which belongs to the work until it ends.
 */
export interface NativeQueue {
  compile(graph: object): Promise<NativeProgram>;
  measure(graph: object): Promise<MemoryReport>;
  /** Resolves with the outputs. Vectors are memory of `allocate`. */
  run(
    handle: object,
    vectors: readonly Float32Array[],
    inputs: readonly Buffer[],
    scalars: Float32Array,
    key: Uint32Array,
    stamps: Float64Array,
  ): Promise<Buffer[]>;
  /** The dot product of each segment `[offsets[i], offsets[i + 1])` of two vectors. */
  dots(a: Float32Array, b: Float32Array, offsets: Float64Array): Promise<Float64Array>;
  /** Fills `out`, memory of `allocate`. Images are an array or a handle of `map`. */
  gather(
    images: Uint8Array | object,
    channels: number,
    sources: Float64Array,
    samples: Float32Array,
    outSize: readonly number[],
    mean: Float32Array,
    std: Float32Array,
    out: Float32Array,
    operations: Float64Array,
  ): Promise<void>;
  /** A copy of memory of `allocate`. */
  read<Elements extends Buffer>(source: Elements): Promise<Elements>;
  /** Copies all of `source` to the start of `target`, memory of `allocate`. */
  write<Elements extends Buffer>(source: Elements, target: Elements): Promise<void>;
  barrier(): Promise<void>;
  close(): void;
}

/** The addon's exports. */
export interface Addon {
  Queue: new (threads: number) => NativeQueue;
  /** Zeros, aligned for vector instructions. */
  allocate(bytes: number): ArrayBuffer;
  /** A handle of a file's bytes, read where they lie for as long as it exists. */
  map(path: string): object;
  /** Ends the threads of all queues after the work in hand; what waits is dropped. */
  end(): void;
  /** Bytes of all programs and vectors of the process: those that exist, and the most there were. */
  allocated(): { readonly now: number; readonly peak: number };
  /** Floating-point operations a second that the best case of multiply-adds reaches on one core. */
  multiplyAddRate(): number;
  /**
   * `wide`: whether convolutions are kernels of its own, made for AVX-512. `tiles`: whether those of bf16 are, made for
   * AMX. `gap`: bytes that stay free behind each
   * buffer of a program; 0 but in a build with a sanitizer.
   */
  describe(): {
    readonly isa: string;
    readonly wide: boolean;
    readonly tiles: boolean;
    readonly onednn: string;
    readonly gap: number;
  };
  /** Uses the kernels of another instruction set; false when this machine lacks it. */
  chooseIsa(name: string): boolean;
}

/** Why there is no native engine, and what to do about it. */
export class NativeUnavailable extends InputError {
  override readonly name = "NativeUnavailable";
}

/** Set to a path, this environment variable names another addon file, such as a build under test. */
const OVERRIDE = "CONVOY_ADDON";

const CURE =
  "`npx convoy setup` (in a clone: `node bin/convoy.mjs setup`) builds it on this machine";

const FILE = "convoy.node";

/** C libraries of Linux, of which npm installs the package that fits. */
const LIBRARIES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ["-gnu", "-musl"],
};

/** Packages that may hold the addon built, on this machine; `scripts/package.mjs` makes them. */
export const platformPackages: readonly string[] = (LIBRARIES[process.platform] ?? [""]).map(
  (library) => `@convoynet/${process.platform}-${process.arch}${library}`,
);

const require = createRequire(import.meta.url);

/** The addon of a package for this platform, wherever it is installed; `undefined` where there is none. */
function packagedAddon(): { readonly name: string; readonly path: string } | undefined {
  for (const name of platformPackages) {
    try {
      return { name, path: require.resolve(`${name}/${FILE}`) };
    } catch {
      // Another one may be there, or none.
    }
  }
  return undefined;
}

/** Where `setup` builds it: under the package's root, from the sources and from the compiled files alike. */
const built = fileURLToPath(new URL(`../../../build/native/${FILE}`, import.meta.url));

const packaged = packagedAddon();

/**
 * The addon's file. One that was built here counts first, since somebody wanted it, and in a clone it is newer than any
 * package.
 */
export const addonPath =
  process.env[OVERRIDE] || (existsSync(built) ? built : (packaged?.path ?? built));

/** The package that the addon is of; `undefined` where it is of none. */
export const addonPackage: string | undefined =
  addonPath === packaged?.path ? packaged.name : undefined;

// OpenMP reads its settings when it is loaded. A thread that waits for the others spins for some 20
// microseconds, which covers the gaps within a step, and then sleeps: on cores shared with other
// programs longer spinning uses up its share of time and makes steps up to five times slower.
process.env["GOMP_SPINCOUNT"] ??= "1000";

let loaded: Addon | undefined;

/**
 * The addon, loaded at the first call.
 *
 * @throws NativeUnavailable with the cause and the cure.
 */
export function loadAddon(path = addonPath): Addon {
  if (loaded && path === addonPath) return loaded;
  if (!existsSync(path)) {
    throw new NativeUnavailable(
      `the native engine is not built (no ${path}), and there is no package ${platformPackages[0]} with it; ${CURE}`,
    );
  }
  try {
    const addon = require(path) as Addon;
    // No thread may compute while the libraries that it uses are taken down.
    process.once("exit", () => addon.end());
    if (path === addonPath) loaded = addon;
    return addon;
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new NativeUnavailable(
      `the native engine at ${path} does not load here; it may have been built for another machine, ` +
        `system or Node.js: ${cause}; ${CURE}`,
    );
  }
}
