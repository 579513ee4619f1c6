// Inputs in memory that JavaScript and the addon share.

import type { DType, HostData } from "../../tensor/dtype.js";
import { checkPart, checkStored } from "../buffer.js";
import type { Buffer, Input } from "../engine.js";
import type { Addon, NativeQueue } from "./addon.js";
import { sharedElements } from "./memory.js";

/** Elements that programs of all native engines of a process read where they lie. */
export class NativeInput<D extends DType = DType> implements Input<D> {
  private readonly values: HostData[D];

  constructor(
    addon: Addon,
    private readonly queue: NativeQueue,
    readonly dtype: D,
    readonly length: number,
  ) {
    this.values = sharedElements(addon, dtype, length);
  }

  /** The array behind an input that must be a native engine's, or an array itself. */
  static arrayOf(input: Buffer | Input): Buffer {
    if (input instanceof NativeInput) return input.values;
    if (ArrayBuffer.isView(input)) return input;
    throw new RangeError(
      "this buffer belongs to another kind of engine; read it and write it here",
    );
  }

  async read(start = 0, end = this.length): Promise<HostData[D]> {
    checkPart(this, start, end);
    return this.queue.read(this.values.subarray(start, end) as HostData[D]);
  }

  async write(values: HostData[D], start = 0): Promise<void> {
    checkStored(this, values, start);
    await this.queue.write(values, this.values.subarray(start) as HostData[D]);
  }
}
