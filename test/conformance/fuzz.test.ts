// Calls of the addon with arbitrary arguments: none reads or writes outside its memory or ends the process. What is
// read outside shows in a build with sanitizers, where scripts/sanitize.sh makes many more calls.

import { describe, expect, it } from "vitest";
import { SAMPLE_FIELDS } from "../../src/engine/engine.js";
import type { Addon, NativeQueue } from "../../src/engine/native/addon.js";
import { request } from "../../src/engine/native/program.js";
import { OPERATION_ARGUMENTS, pixelOperationNames } from "../../src/engine/pixels.js";
import { fusePointwise } from "../../src/graph/passes/fusePointwise.js";
import { zeros } from "../../src/tensor/dtype.js";
import { Random } from "../../src/tensor/philox.js";
import { sizeOf } from "../../src/tensor/shape.js";
import { addonIfBuilt } from "../support/addon.js";
import { addGradients, buildCase } from "./case.js";
import { cases } from "./cases.js";
import { anyNumber, anything, below, pick, spoiled, takeAway } from "./fuzzArguments.js";
import { mutated } from "./fuzzGraphs.js";

const CALLS = Number(process.env["CONVOY_FUZZ_CALLS"] ?? 3000);
const TOGETHER = 50;
/** Programs that take more are not made: whether there is such memory is not the question. */
const MOST_BYTES = 2 ** 26;

type GraphData = ReturnType<typeof request>;

/** A case's graph, with its gradients where it has any. */
function dataOf(example: (typeof cases)[number]): GraphData {
  const built = buildCase(example);
  if (example.differentiable !== false && built.outputs[0]?.dtype === "f32") addGradients(built);
  return request(fusePointwise(built.graph, true));
}

const graphs = cases.map(dataOf);

type Call = (...given: unknown[]) => unknown;

class Fuzzer {
  private readonly pending: unknown[] = [];
  readonly counts = { calls: 0, refused: 0, rejected: 0, ran: 0, gathered: 0 };

  constructor(
    private readonly addon: Addon,
    private readonly queue: NativeQueue,
    private readonly random: Random,
  ) {}

  private own = (length: number) => new Float32Array(this.addon.allocate(4 * length), 0, length);

  /** Makes one call; what it refuses at once is right, and so is what it does. */
  private call(name: keyof NativeQueue, given: readonly unknown[]): Promise<unknown> {
    this.counts.calls++;
    try {
      const result = Promise.resolve((this.queue[name] as Call)(...given));
      // What a call took it must not depend on any more.
      if (below(this.random, 4) === 0) for (const each of given.flat()) takeAway(this.random, each);
      this.pending.push(result.catch(() => this.counts.rejected++));
      return result;
    } catch {
      this.counts.refused++;
      return Promise.reject(new Error("refused"));
    }
  }

  /** What a graph's runs bind, with something wrong now and then. */
  private bindings(handle: object, data: GraphData): unknown[] {
    const types = data.inputs.map((name) => {
      const at = data.nodes.find(({ op, attrs }) => op === "input" && attrs["name"] === name);
      return data.values[at?.outputs[0] ?? 0];
    });
    return spoiled(this.random, this.addon, [
      handle,
      data.vectors.map(() => this.own(64)),
      types.map(({ dtype, shape }) => zeros(dtype, sizeOf(shape)).fill(1)),
      new Float32Array(data.scalars.length),
      new Uint32Array(4),
      new Float64Array(data.frozen.length),
    ]);
  }

  private async graph(): Promise<void> {
    const real = pick(this.random, graphs);
    const data = (below(this.random, 8) === 0 ? real : mutated(this.random, real)) as GraphData;
    try {
      const report = (await this.call("measure", [data])) as { peakBytes: number };
      if (report.peakBytes > MOST_BYTES) return;
      const { handle } = (await this.call("compile", [data])) as { handle: object };
      for (let run = 0; run < 3; run++) {
        await this.call("run", this.bindings(handle, data));
        this.counts.ran++;
      }
    } catch {
      // Refused, as most are.
    }
  }

  /** Operations on sources, sometimes such as there are not. */
  private operations(samples: number): Float64Array {
    const { random } = this;
    const steps = Array.from({ length: below(random, 3) }, (_, at) => [
      ...[2 * Math.min(at, samples - 1), below(random, pixelOperationNames.length)],
      ...Array.from({ length: OPERATION_ARGUMENTS }, () => pick(random, [1, 0, -1, 0.5, 3, 65536])),
    ]);
    if (steps.length > 0 && below(random, 3) === 0)
      pick(random, steps)[below(random, 8)] = anyNumber(random);
    return Float64Array.from(steps.flat());
  }

  private gather(): void {
    const { random } = this;
    const [height, width, channels, stored, samples] = [5, 4, 3, 3, 4];
    const size = height * width * channels;
    const sources = Array.from({ length: 2 * samples }, (_, at) =>
      at % 4 === 3 ? [-1, 0, 0] : [(at % stored) * size, height, width],
    );
    if (below(random, 3) === 0) pick(random, sources)[below(random, 3)] = anyNumber(random);
    const right = [
      new Uint8Array(stored * size),
      channels,
      Float64Array.from(sources.flat()),
      Float32Array.from({ length: SAMPLE_FIELDS * samples }, () =>
        pick(random, [1, 0, -1, 0.5, 3, 1e9]),
      ),
      [3, 6],
      new Float32Array(channels),
      new Float32Array(channels).fill(1),
      this.own(samples * channels * 18),
      this.operations(samples),
    ];
    const done = () => void this.counts.gathered++;
    this.call("gather", spoiled(random, this.addon, right)).then(done, () => {});
  }

  private vectors(): void {
    const { random, addon } = this;
    const [a, b] = [this.own(20), this.own(below(random, 30))];
    const ways = {
      read: [a.subarray(below(random, 20))],
      write: [new Float32Array(below(random, 30)), b],
      dots: [a, b, Float64Array.of(0, below(random, 10), below(random, 30))],
      barrier: [],
    };
    const name = pick(random, Object.keys(ways) as (keyof typeof ways)[]);
    this.call(name, spoiled(random, addon, ways[name])).catch(() => {});
  }

  /** What stands beside queues. */
  private others(): void {
    this.counts.calls++;
    const given = anything(this.random, this.addon);
    const threads = given as number;
    try {
      if (below(this.random, 2) === 0)
        new this.addon.Queue(threads > 4 ? -threads : threads).close();
      else if (!((given as number) > MOST_BYTES)) this.addon.allocate(given as number);
    } catch {
      this.counts.refused++;
    }
  }

  async round(): Promise<void> {
    await Promise.all([this.graph(), this.graph(), this.graph()]);
    for (let left = 4; left > 0; left--) this.gather();
    for (let left = 4; left > 0; left--) this.vectors();
    this.others();
    if (this.pending.length > TOGETHER) await Promise.all(this.pending.splice(0));
  }
}

const addon = addonIfBuilt();

describe.skipIf(!addon)("calls with arbitrary arguments", () => {
  it(`${CALLS} of them do no harm`, { timeout: 3_600_000 }, async () => {
    const queue = new addon!.Queue(2);
    const fuzzer = new Fuzzer(addon!, queue, new Random({ seed: 11, purpose: "augment" }));
    while (fuzzer.counts.calls < CALLS) await fuzzer.round();
    await queue.barrier();
    const { calls, refused, rejected, ran, gathered } = fuzzer.counts;
    // Each kind of end comes: calls that do their work, that are refused at once, and later.
    for (const count of [refused, rejected, ran, gathered])
      expect(count).toBeGreaterThan(calls / 50);
    if (CALLS > 3000) console.info(JSON.stringify(fuzzer.counts));
    queue.close();
  });
});
