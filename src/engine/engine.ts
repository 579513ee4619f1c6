// The contract between everything above and whatever computes: an engine compiles graphs into
// programs and holds vectors. Methods see only this file; the factory (index.ts) picks an engine.
//
// An engine is also an ordered queue: what is started on it runs in the order of the calls, so a
// caller may start a step before the one in front of it has finished. Engines run beside each
// other; vectors and buffers may be shared between engines of the same kind.

import type { Graph } from "../graph/graph.js";
import type { DType, HostData } from "../tensor/dtype.js";
import type { RandomKey } from "../tensor/philox.js";

/**
 * A flat vector of f32 numbers that lives with its engine.
 *
 * @example
 * const engine = await createEngine();
 * const w = engine.vector(4);
 * await w.write([1, 2], 1);
 * [...(await w.read())]; // [0, 1, 2, 0]
 * await engine.reduce.norm(w); // Math.sqrt(5)
 * await engine.close();
 */
export interface Vector {
  readonly length: number;
  /** A copy of the elements `[start, end)`, after everything started before. */
  read(start?: number, end?: number): Promise<Float32Array>;
  /** Stores numbers from element `start` on; throws a `RangeError` when they do not fit. */
  write(values: ArrayLike<number>, start?: number): Promise<void>;
}

/** Typed arrays that an engine reads inputs from and writes outputs to; bf16 as its bits. */
export type Buffer = HostData[DType];

/**
 * Elements that live with their engine, for an input of programs: written once, they are not sent again with every run.
 *
 * @example
 * const engine = await createEngine();
 * const codes = engine.buffer("i8", 3);
 * await codes.write(Int8Array.of(5, -7), 1);
 * const graph = new Graph();
 * graph.output("y", cast(input(graph, "x", [3], "i8"), "f32"));
 * const { y } = await (await engine.compile(graph)).run({ inputs: { x: codes } });
 * [...y]; // [0, 5, -7]
 * await engine.close();
 */
export interface Input<D extends DType = DType> {
  readonly dtype: D;
  readonly length: number;
  /** A copy of the elements `[start, end)`, after everything started before. */
  read(start?: number, end?: number): Promise<HostData[D]>;
  /** Stores elements from `start` on; throws a `RangeError` when they do not fit or are of another type. */
  write(values: HostData[D], start?: number): Promise<void>;
}

/** What a run binds, all by the names in the graph. */
export interface Bindings {
  /** Every vector that the graph reads or writes. */
  readonly vectors?: Readonly<Record<string, Vector>>;
  /** Every input, of the graph's type and size. An array must not be changed until the run has finished. */
  readonly inputs?: Readonly<Record<string, Buffer | Input>>;
  readonly scalars?: Readonly<Record<string, number>>;
  /** Key of this run's random numbers; needed when the graph draws any. */
  readonly key?: RandomKey;
}

/** Copies of the graph's outputs, by name. */
export type Outputs = Readonly<Record<string, Buffer>>;

/**
 * What a program's memory is for. Its outputs tell two passes apart: what they need is the forward pass,
 * what only writes need is the backward pass.
 *
 * | kind | bytes of |
 * |---|---|
 * | `saved` | values made in the forward pass and kept until the backward pass has used them |
 * | `passing` | values made and used in the forward pass |
 * | `gradients` | values of the backward pass: gradients, and what is computed again for them |
 * | `weights` | copies of weights in the layouts that kernels want, and what is made of frozen vectors |
 * | `scratch` | space that one kernel works in |
 */
export const memoryKinds = ["saved", "passing", "gradients", "weights", "scratch"] as const;
export type MemoryKind = (typeof memoryKinds)[number];

/** Bytes that a program holds while it exists; vectors and inputs belong to their owners. */
export interface MemoryReport {
  /** What the program takes from the machine: room for the peak of everything below together. */
  readonly peakBytes: number;
  /** Largest sum of values that live at the same time: saved, passing and gradients. */
  readonly activationBytes: number;
  /** Largest sum of weights and scratch that live at the same time. */
  readonly scratchBytes: number;
  /** Largest sum of each kind alone. */
  readonly kinds: Readonly<Record<MemoryKind, number>>;
}

/** A compiled graph. */
export interface Program {
  readonly memory: MemoryReport;
  /** Floating-point operations of one run, a multiply-add counting two. */
  readonly flops: number;
  /** Rejects with a `RangeError` that names the binding that is missing or does not fit. */
  run(bindings: Bindings): Promise<Outputs>;
}

/** Contiguous parts of a vector: segment `i` is `[offsets[i], offsets[i + 1])`. */
export interface Segments {
  readonly offsets: readonly number[];
}

/** Sums over vectors, in double precision and in a fixed order. */
export interface Reductions {
  dot(a: Vector, b: Vector): Promise<number>;
  /** Euclidean norm. */
  norm(a: Vector): Promise<number>;
  /** Dot product of each segment. */
  bySegment(a: Vector, b: Vector, segments: Segments): Promise<Float64Array>;
}

/** A file whose bytes an engine reads where they lie; not to be changed while it is in use. */
export interface ByteFile {
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
}

/** Numbers that say where a stored image lies; see {@link Gather}. */
export const SOURCE_FIELDS = 3;
/** Numbers that describe one image of a batch; see {@link Gather}. */
export const SAMPLE_FIELDS = 21;

/**
 * How to make a batch of network inputs from stored images: change bytes, gather, warp, cut out, mix, normalise. Sample `i` has two
 * sources, its own image and that of its partner, in `sources` from `i * 2 * SOURCE_FIELDS` on:
 *
 * | field | meaning |
 * |---|---|
 * | 0 | first byte of the image; -1 for no partner |
 * | 1, 2 | its height and width in pixels |
 *
 * and in `samples` from `i * SAMPLE_FIELDS` on:
 *
 * | field | meaning |
 * |---|---|
 * | 0-5 | affine map from output to source pixels: `sx = f0 * x + f1 * y + f2`, `sy = f3 * x + f4 * y + f5` (pixel centres at whole numbers; 0 outside the image) |
 * | 6-9 | box `[left, top, right, bottom)` of output pixels that is set to the channel's mean; empty for none |
 * | 10 | weight of the sample against its partner: `out = f10 * own + (1 - f10) * partner`; both are cut by the same box |
 * | 11-16 | map of the partner |
 * | 17-20 | box of output pixels that shows the partner alone; empty for none |
 *
 * Between pixels images are bilinear. A map along the axes (`f1 = f3 = 0`) that shrinks takes means under a triangle that
 * reaches as far as an output pixel on either side, as Pillow's and PyTorch's antialiased bilinear. Any other map by which
 * a side of an output pixel becomes `n` source pixels long takes the mean of round(n) points along it, 8 at most.
 *
 * Before all that, `operations` change the bytes of sources, one behind the other; from `k * OPERATION_FIELDS` on:
 *
 * | field | meaning |
 * |---|---|
 * | 0 | number of the source, twice that of its sample and one more for the partner; they ascend |
 * | 1 | number of the operation, its place in {@link pixelOperations} |
 * | 2-7 | its arguments |
 */
export interface Gather {
  /** Stored bytes: of each image u8 [height, width, channels]. */
  readonly images: Uint8Array | ByteFile;
  readonly channels: number;
  readonly sources: Float64Array;
  readonly samples: Float32Array;
  /** Default none. */
  readonly operations?: Float64Array;
  /** Size of the result. */
  readonly outHeight: number;
  readonly outWidth: number;
  /** Per channel, in units of the stored bytes: result = (byte - mean) / std. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Settings of {@link Engine.compile}. */
export interface CompileOptions {
  /** Pointwise fusion and the like; default true. Tests switch it off to compare. */
  readonly optimise?: boolean;
  /**
   * Vectors that seldom change, by name; default none. What the graph makes of them alone, such as
   * weights in the layouts of kernels, is kept between runs, in memory of its own. It is made again in
   * the first run after one of them has changed, or was bound to another vector.
   */
  readonly frozen?: readonly string[];
}

/**
 * Something that computes: compiles graphs, holds vectors, makes batches.
 *
 * @example
 * const engine = await createEngine({ threads: 1 });
 * const graph = new Graph();
 * const x = input(graph, "x", [3]);
 * graph.output("y", mul(x, scalar(graph, "factor")));
 * const program = await engine.compile(graph);
 * const inputs = { x: Float32Array.of(1, 2, 3) };
 * const { y } = await program.run({ inputs, scalars: { factor: 2 } });
 * [...y]; // [2, 4, 6]
 * await engine.close();
 */
export interface Engine {
  /** `native`, `reference`. */
  readonly name: string;
  /** Threads that one program uses. */
  readonly threads: number;
  /** Of numbers on their way through a program; vectors and outputs are f32 in any case. */
  readonly precision: "f32" | "f64";
  compile(graph: Graph, options?: CompileOptions): Promise<Program>;
  /** The memory that the compiled graph would take, without taking it. */
  measure(graph: Graph, options?: CompileOptions): Promise<MemoryReport>;
  /** A vector of zeros. */
  vector(length: number): Vector;
  /** An array for an f32 input that this engine reads without a copy, and that `gather` fills. */
  buffer(length: number): Float32Array;
  /** Zeros of an element type for an input, in memory of the engine. */
  buffer<D extends DType>(dtype: D, length: number): Input<D>;
  readonly reduce: Reductions;
  /** Fills `out`, f32 [n, channels, outHeight, outWidth], and resolves when it is done. */
  gather(batch: Gather, out: Float32Array): Promise<void>;
  /** Waits for what was started, then frees threads. Further calls reject, but for that of `close` itself. */
  close(): Promise<void>;
}
