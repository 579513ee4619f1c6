// Memory that JavaScript and the addon share: work reads and writes it in place, where any other is copied.

import { InputError } from "../../inputError.js";
import { usableMemory } from "../../machine.js";
import { bytesOf, type DType, elementsOver, type HostData } from "../../tensor/dtype.js";
import { formatBytes } from "../../text/bytes.js";
import type { ByteFile } from "../engine.js";
import type { Addon } from "./addon.js";

const shared = new WeakSet<ArrayBufferLike>();

/**
 * Refuses more memory than there is, before the system ends the process for it.
 *
 * @throws InputError saying what is needed, what there is and what needs less.
 */
export function expectMemory(what: string, bytes: number): void {
  const most = usableMemory();
  if (bytes <= most) return;
  throw new InputError(
    `${what} needs ${formatBytes(bytes, Math.ceil)} of memory, and this machine lends ${formatBytes(most)}: ` +
      "take smaller batches (--batch), smaller images (--size) or a smaller model, or recompute values (--memory)",
  );
}

/** Zeros in shared memory. */
export function sharedElements<D extends DType>(
  addon: Addon,
  dtype: D,
  length: number,
): HostData[D] {
  const bytes = length * bytesOf[dtype];
  expectMemory(`an array of ${length} numbers`, bytes);
  const memory = addon.allocate(bytes);
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
