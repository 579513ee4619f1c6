// Names and small values in the bucket of a swarm.

export type Kind = "round" | "gather";

/** Bytes to be brought. */
export interface Bytes {
  readonly name: string;
  readonly length: number;
  readonly bytes: Uint8Array;
}

export const keyOf = (kind: Kind, number: number) => `${kind}.${number}`;

export const text = (number: number) => new TextEncoder().encode(String(number));

export const over = (kind: Kind, number: number, last: number) =>
  new Error(`${kind} ${number} is over: ${kind} ${last} was closed since`);

export const same = (a: Uint8Array | undefined, b: Uint8Array) =>
  a !== undefined && Buffer.compare(a, b) === 0;
