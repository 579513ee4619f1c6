// A peer is a child process that holds a net and runs steps when told to. It is started with the workload
// as JSON; both sides then talk in JSON lines: first it says {"ready": {version, setting, parameters,
// peakBytes}} (the last one only if it can tell),
// {"absent": reason} or {"cannot": reason}; then {"steps": k} is answered by {"seconds": s}.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Contender } from "./contender.js";
import type { Work, Workload } from "./workload.js";

/** How to start a peer. A new one is a script that talks as above and a line in peers/index.ts. */
export interface Peer {
  readonly name: string;
  /** What it can do. */
  readonly works: readonly Work[];
  /** Whether it can do inference in int8; default no. */
  readonly int8?: boolean;
  /** Program and arguments; the workload follows as the last one. */
  command(): readonly string[];
  /** What to do when it is not installed. */
  readonly cure: string;
}

/** A peer that cannot take part: it is not installed, or cannot work with the net. */
export class PeerError extends Error {
  override readonly name = "PeerError";
}

interface Answer {
  readonly ready?: Pick<Contender, "version" | "setting" | "parameters" | "peakBytes">;
  readonly absent?: string;
  readonly cannot?: string;
  readonly seconds?: number;
}

/** Last lines that a peer may have written to its error output, for a message. */
const KEPT_BYTES = 2000;

/** A child process that answers one line with one line. */
class Process {
  private readonly child;
  private readonly lines;
  private readonly failed: Promise<never>;
  private errors = "";

  constructor(
    private readonly peer: Peer,
    workload: Workload,
  ) {
    const [program, ...args] = peer.command();
    this.child = spawn(program, [...args, JSON.stringify(workload)], { stdio: "pipe" });
    this.child.stderr.on("data", (text) => {
      this.errors = (this.errors + text).slice(-KEPT_BYTES);
    });
    this.child.stdin.on("error", () => {}); // told by `failed`
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.failed = new Promise((_, reject) => {
      this.child.once("error", ({ message }) =>
        reject(new PeerError(`${peer.name}: ${message}; ${peer.cure}`)),
      );
    });
    this.failed.catch(() => {}); // also when nobody is waiting
  }

  tell(message: object): void {
    this.child.stdin.write(`${JSON.stringify(message)}\n`);
  }

  /** The next answer, or a {@link PeerError} when none comes within `seconds`. */
  async answer(seconds: number): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new PeerError(`${this.peer.name}: no answer within ${seconds} s`);
      timer = setTimeout(() => reject(error), seconds * 1000);
    });
    try {
      const line = await Promise.race([this.lines.next(), late, this.failed]);
      if (!line.done) return JSON.parse(line.value) as Answer;
      throw new PeerError(`${this.peer.name} ended early:\n${this.errors.trim()}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once("close", resolve));
    this.child.kill();
    await gone;
  }
}

/**
 * Starts a peer once for each thread count, each as warm and fast as can be; as {@link openPeer} does it, in a like
 * share of the time for searching.
 */
export async function openPeers(
  peer: Peer,
  workload: Workload,
  limitSeconds: number,
): Promise<readonly Contender[]> {
  const tuneSeconds = workload.tuneSeconds / workload.threads.length;
  const opened: Contender[] = [];
  try {
    for (const count of workload.threads) {
      opened.push(
        await openPeer(peer, { ...workload, threads: [count], tuneSeconds }, limitSeconds),
      );
    }
    return opened;
  } catch (error) {
    for (const contender of opened) await contender.close();
    throw error;
  }
}

/**
 * Starts a peer and waits until it is warm and at its fastest setting.
 *
 * @throws PeerError when it is absent (with the cure), cannot train the net, or takes too long.
 */
export async function openPeer(
  peer: Peer,
  workload: Workload,
  limitSeconds: number,
): Promise<Contender> {
  const process = new Process(peer, workload);
  try {
    const { ready, absent, cannot } = await process.answer(limitSeconds);
    if (absent !== undefined) throw new PeerError(`${peer.name}: ${absent}; ${peer.cure}`);
    if (!ready) throw new PeerError(`${peer.name} cannot run ${workload.model}: ${cannot}`);
    return {
      ...ready,
      async run(steps) {
        process.tell({ steps });
        const { seconds } = await process.answer(limitSeconds);
        if (seconds === undefined) throw new PeerError(`${peer.name}: an answer without a time`);
        return seconds;
      },
      close: () => process.close(),
    };
  } catch (error) {
    await process.close();
    throw error;
  }
}
