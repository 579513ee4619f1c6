// Memory that JavaScript and the addon share: work reads and writes it in place, where any other is copied.

import { bytesOf, type DType, elementsOver, type HostData } from "../../tensor/dtype.js";
import type { ByteFile } from "../engine.js";
import type { Addon } from "./addon.js";

const shared = new WeakSet<ArrayBufferLike>();

/** Zeros in shared memory. */
export function sharedElements<D extends DType>(
  addon: Addon,
  dtype: D,
  length: number,
): HostData[D] {
  const memory = addon.allocate(length * bytesOf[dtype]);
  shared.add(memory);
  return elementsOver(dtype, memory, length);
}

export const isShared = ({ buffer }: ArrayBufferView): boolean => shared.has(buffer);

const mapped = new WeakMap<ByteFile, object>();

/** The addon's handle of a file, made once for as long as the description is in use. */
export function mappedFile(addon: Addon, file: ByteFile): object {
  const known = mapped.get(file);
  if (known) return known;
  const handle = addon.map(file.path);
  mapped.set(file, handle);
  return handle;
}
