// Memory that JavaScript and the addon share: work reads and writes it in place, where any other is copied.

import { constants } from "node:buffer";
import { statSync } from "node:fs";
import { InputError } from "../../inputError.js";
import { usableMemory } from "../../machine.js";
import { bytesOf, type DType, elementsOver, type HostData } from "../../tensor/dtype.js";
import { formatBytes } from "../../text/bytes.js";
import { checkElements } from "../buffer.js";
import type { ByteFile } from "../engine.js";
import type { Addon } from "./addon.js";

const shared = new WeakSet<ArrayBufferLike>();

/** Bytes that every machine lends: to ask the system for what it does takes longer than to make a small array. */
const LENT_BY_ALL = 2 ** 24;

/**
 * Refuses more memory than there is, before the system ends the process for it.
 *
 * @throws InputError saying what is needed, what there is and what needs less.
 */
export function expectMemory(what: string, bytes: number): void {
  if (bytes <= LENT_BY_ALL) return;
  const most = usableMemory();
  if (bytes <= most) return;
  throw new InputError(
    `${what} needs ${formatBytes(bytes, Math.ceil)} of memory, and this machine lends ${formatBytes(most)}: ` +
      "take smaller batches (--batch), smaller images (--size) or a smaller model, or recompute values (--memory)",
  );
}

/** Refuses a piece that Node cannot share: 4 GiB before Node 22, where it ends the process for more. */
function expectShareable(what: string, bytes: number): void {
  if (bytes <= constants.MAX_LENGTH) return;
  throw new InputError(
    `${what} needs ${formatBytes(bytes, Math.ceil)} of memory in one piece, and Node.js ${process.version} shares ` +
      `${formatBytes(constants.MAX_LENGTH)} at most: take Node.js 22 or newer, smaller batches (--batch), smaller ` +
      "images (--size) or a smaller model",
  );
}

/** Zeros in shared memory. */
export function sharedElements<D extends DType>(
  addon: Addon,
  dtype: D,
  length: number,
): HostData[D] {
  checkElements(dtype, length);
  const bytes = length * bytesOf[dtype];
  const what = `an array of ${length} numbers`;
  expectMemory(what, bytes);
  expectShareable(what, bytes);
  const memory = addon.allocate(bytes);
  shared.add(memory);
  return elementsOver(dtype, memory, length);
}

export const isShared = ({ buffer }: ArrayBufferView): boolean => shared.has(buffer);

/** A file as it was mapped. */
interface Mapped {
  readonly handle: object;
  /** When it had last been changed. */
  readonly changed?: number;
}

const mapped = new WeakMap<ByteFile, Mapped>();

/**
 * The addon's handle of a file, made once for as long as the description is in use. A file that is gone stays mapped.
 *
 * @throws InputError for a file that was changed since it was described: of one that got shorter the system would end the
 * process, and of any other nobody knows what is read.
 */
export function mappedFile(addon: Addon, file: ByteFile): object {
  const { path, bytes } = file;
  const now = statSync(path, { throwIfNoEntry: false });
  const known = mapped.get(file) ?? { handle: addon.map(path), changed: now?.mtimeMs };
  if (now && (now.size !== bytes || now.mtimeMs !== known.changed)) {
    throw new InputError(
      `${path} was changed while it was in use (${bytes} bytes, now ${now.size}); ` +
        "bring the file back as it was, and leave it alone until training is over",
    );
  }
  mapped.set(file, known);
  return known.handle;
}
