// The child's side of a peer that runs in Node; see ../peer.ts for what is said.

import { createInterface } from "node:readline";
import type { Workload } from "../workload.js";

/** A net that a peer holds. */
export interface PeerNet {
  readonly version: string;
  readonly setting: string;
  readonly parameters: number;
  /** The work, once; resolves when its result is there. */
  step(): Promise<void>;
}

const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);

/** Steps before the first timed one; slow nets get as many as fit into the time, but one. */
const WARM_UP = { steps: 3, seconds: 10 };

async function warmUp(net: PeerNet): Promise<void> {
  const end = performance.now() + WARM_UP.seconds * 1000;
  for (let at = 0; at < WARM_UP.steps; at++) {
    await net.step();
    if (performance.now() > end) return;
  }
}

/** Something that a peer needs is not installed. */
export class AbsentError extends Error {
  override readonly name = "AbsentError";
}

/** Codes of errors about packages and programs that are not there. */
const ABSENT = ["ERR_MODULE_NOT_FOUND", "ENOENT"];

function reasonOf(error: unknown): object {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = message.split("\n")[0];
  const absent = error instanceof AbsentError || ABSENT.includes(code ?? "");
  return absent ? { absent: reason } : { cannot: reason };
}

/** Opens the net of the workload that ends the command line and runs steps as told on standard input. */
export async function serve(open: (workload: Workload) => Promise<PeerNet>): Promise<void> {
  // Libraries greet on the console; answers must stay alone on standard output.
  for (const method of ["log", "info", "warn"] as const) console[method] = console.error;
  try {
    const net = await open(JSON.parse(process.argv.at(-1)!) as Workload);
    await warmUp(net);
    const { version, setting, parameters } = net;
    say({ ready: { version, setting, parameters } });
    for await (const line of createInterface({ input: process.stdin })) {
      const { steps } = JSON.parse(line) as { steps: number };
      const start = performance.now();
      for (let at = 0; at < steps; at++) await net.step();
      say({ seconds: (performance.now() - start) / 1000 });
    }
  } catch (error) {
    say(reasonOf(error));
  }
}

/** The builder of a net by name, or an error that says which there are. */
export function netOf<T>(nets: Readonly<Record<string, T>>, { model }: Workload): T {
  if (nets[model] !== undefined) return nets[model];
  throw new Error(`this peer's nets are ${Object.keys(nets).join(", ")}`);
}
