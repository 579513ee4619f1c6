// The shortest time that a machine's arithmetic and memory allow (Williams, Waterman and Patterson 2009, the roofline).

import type { Machine } from "./machine.js";

/** The shortest time, and what bounds it. */
export interface Roofline {
  readonly seconds: number;
  readonly bound: "compute" | "memory";
}

/**
 * The roofline of multiply-adds and of bytes that go to and from memory.
 *
 * @example
 * const machine = { name: "mine", macsPerSecond: 100, bytesPerSecond: 10 };
 * rooflineOf(machine, 300, 20); // { seconds: 3, bound: "compute" }
 * rooflineOf(machine, 100, 20); // { seconds: 2, bound: "memory" }
 */
export function rooflineOf(
  { macsPerSecond, bytesPerSecond }: Pick<Machine, "macsPerSecond" | "bytesPerSecond">,
  macs: number,
  bytes: number,
): Roofline {
  const [computing, moving] = [macs / macsPerSecond, bytes / bytesPerSecond];
  return {
    seconds: Math.max(computing, moving),
    bound: computing >= moving ? "compute" : "memory",
  };
}
