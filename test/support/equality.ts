// Arrays of the same bytes are equal: vitest by itself looks at one element after the other, at 10 microseconds each.

import { expect } from "vitest";

/** True for typed arrays of one kind and the same bytes; others are left to vitest, which also says where they differ. */
function sameBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return undefined;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return undefined;
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    Buffer.from(buffer, byteOffset, byteLength);
  return bytes(a).equals(bytes(b)) || undefined;
}

expect.addEqualityTesters([sameBytes]);
