// The exchange of processes that share a folder: on one machine, or by NFS on many. What they publish lies in
// `rounds/<round>/<particle>.bin`, messages in `gathers/<number>/<particle>.bin`, and in `saved/` how far each has
// come, until when the others need not keep what is old.

import { join } from "node:path";
import { z } from "zod";
import type { Vector } from "../../engine/engine.js";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { makeFolder } from "../../files/folders.js";
import { crc32 } from "../../tensor/crc32.js";
import { FormatError } from "../../tensor/formatError.js";
import type { Snapshot } from "../coupling.js";
import { readBounded } from "./boundedFile.js";
import { layoutHash } from "./card.js";
import {
  absent,
  type DriverOptions,
  type Exchange,
  type ExchangeDriver,
  type ExchangeSetup,
  type Messages,
  type Published,
} from "./exchange.js";
import { FolderCollectives } from "./folderCollectives.js";
import {
  decodePublication,
  encodePublication,
  mostBytes,
  type Publication,
} from "./publication.js";
import { decodeJson, encodeJson } from "./wire.js";

/** Bytes before a message: whether there is one, and its CRC-32. */
const FRAME = 8;
/** Room for what is said beside numbers. */
const MOST_WORDS = 1024 * 1024;
/** With deadlines nobody is waited for, and so many rounds and gathers are kept for who is late. */
const KEPT = 64;

const savedSchema = z.strictObject({ round: z.int().min(0), gathers: z.int().min(0) });
type Saved = z.output<typeof savedSchema>;

/** Where a swarm's folder is. */
export interface FolderOptions extends DriverOptions {
  readonly path: string;
  /** Particles of this process; default all. */
  readonly hosted?: readonly number[];
}

function encodeMessage(message: Uint8Array | undefined): Uint8Array {
  const content = message ?? new Uint8Array(0);
  const bytes = new Uint8Array(FRAME + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, message ? 1 : 0, true);
  view.setUint32(4, crc32(content), true);
  bytes.set(content, FRAME);
  return bytes;
}

/** @throws FormatError for one that is damaged. */
function decodeMessage(bytes: Uint8Array, source: string): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const content = new Uint8Array(bytes.subarray(FRAME));
  const says = bytes.length < FRAME ? 2 : view.getUint32(0, true);
  if (
    says > 1 ||
    (says === 0 && content.length > 0) ||
    view.getUint32(4, true) !== crc32(content)
  ) {
    throw new FormatError(source, 0, "the message is damaged");
  }
  return says === 1 ? content : undefined;
}

/** One process's end of a folder. */
export class FolderExchange implements Exchange {
  bytes = 0;
  private readonly hash: string;
  private readonly rounds: FolderCollectives;
  private readonly messages: FolderCollectives;
  private readonly gathered = new Map<number, number>();
  private readonly taken = new Map<number, Promise<Messages>>();
  private readonly lengths = new Map<string, number>();
  private own = new Map<number, Published>();
  private current: readonly (Publication | undefined)[] = [];
  private made = new Map<string, Promise<Vector>>();
  private readonly room = new Map<string, Vector>();
  private limited = false;
  /** The round that is read. */
  private reading = 0;
  private start = 0;

  constructor(
    private readonly setup: ExchangeSetup,
    private readonly options: FolderOptions,
  ) {
    const { particles, layout } = setup;
    this.hash = layoutHash(layout);
    const refuse = (fault: FormatError) => options.onRefused?.(`left out: ${fault.message}`);
    const { signal } = options;
    this.rounds = new FolderCollectives({
      ...{ folder: join(options.path, "rounds"), particles, refuse, signal },
      most: () => mostBytes(this.lengths),
      check: (bytes, particle, source) => void this.decode(bytes, particle, source),
    });
    this.messages = new FolderCollectives({
      ...{ folder: join(options.path, "gathers"), particles, refuse, signal },
      most: () => FRAME + MOST_WORDS + 12 * layout.length,
      check: (bytes, _, source) => void decodeMessage(bytes, source),
    });
  }

  get particles(): number {
    return this.setup.particles;
  }

  async publish(round: number, snapshot: Snapshot, vectors: Published): Promise<void> {
    const copies = new Map<string, Float32Array>();
    for (const [name, vector] of Object.entries(vectors)) {
      copies.set(name, await vector.read());
      this.lengths.set(name, vector.length);
    }
    const bytes = encodePublication({ round, snapshot, vectors: copies }, this.hash);
    this.own.set(snapshot.particle, vectors);
    await this.rounds.put(round, snapshot.particle, bytes);
    this.bytes += bytes.length;
  }

  async round(number: number, deadline?: number): Promise<readonly Snapshot[]> {
    this.limit(deadline);
    this.reading = number;
    const present = await this.rounds.present(number, deadline);
    const found = new Array<Publication | undefined>(this.particles).fill(undefined);
    for (const particle of present) {
      const bytes = await this.rounds.read(number, particle);
      const source = this.rounds.pathOf(number, particle);
      if (!bytes) throw new FormatError(source, 0, "it was deleted while its round went on");
      found[particle] = this.decode(bytes, particle, source);
    }
    this.current = found;
    this.made = new Map();
    if (this.limited) await this.rounds.forget(number - KEPT);
    return found.map((each, particle) => each?.snapshot ?? absent(particle));
  }

  async vector(particle: number, name: string): Promise<Vector> {
    const values = this.current[particle]?.vectors.get(name);
    if (!values) throw new Error(`particle ${particle} published no vector "${name}"`);
    const here = this.options.hosted === undefined || this.options.hosted.includes(particle);
    const own = here ? this.own.get(particle)?.[name] : undefined;
    if (own) return own;
    const key = `${particle} ${name}`;
    const made = this.made.get(key) ?? this.make(key, values);
    this.made.set(key, made);
    return made;
  }

  async gather(
    particle: number,
    message?: Uint8Array,
    deadline?: number,
    since?: number,
  ): Promise<Messages> {
    this.limit(deadline);
    const number = this.gathered.get(particle) ?? this.start;
    this.gathered.set(particle, number + 1);
    await this.messages.put(number, particle, encodeMessage(message));
    this.bytes += message?.length ?? 0;
    const known = this.taken.get(number) ?? this.take(number, deadline, since);
    this.taken.set(number, known);
    for (const each of this.taken.keys()) if (each < number - 1) this.taken.delete(each);
    return known;
  }

  over(): Promise<number> {
    return this.messages.over();
  }

  get gathers(): number {
    return Math.max(this.start, ...this.gathered.values());
  }

  resume(gathers: number): void {
    this.start = gathers;
    this.gathered.clear();
  }

  async saved(round: number, gathers: number): Promise<void> {
    const folder = join(this.options.path, "saved");
    const bytes = encodeJson({ round, gathers } satisfies Saved);
    const all = [...Array(this.particles).keys()];
    makeFolder(folder);
    for (const id of this.options.hosted ?? all) {
      await writeFileAtomic(join(folder, `${id}.json`), bytes);
    }
    const marks = await Promise.all(all.map((id) => this.savedBy(id)));
    await this.rounds.forget(Math.min(...marks.map((mark) => mark.round)));
    await this.messages.forget(Math.min(...marks.map((mark) => mark.gathers)));
  }

  async close(): Promise<void> {
    this.rounds.end();
    this.messages.end();
  }

  private limit(deadline = Number.POSITIVE_INFINITY): void {
    this.limited ||= deadline < Number.POSITIVE_INFINITY;
  }

  private decode(bytes: Uint8Array, particle: number, source: string): Publication {
    const { reading: round, lengths, hash } = this;
    return decodePublication(bytes, { round, particle, lengths, hash }, source);
  }

  private async make(key: string, values: Float32Array): Promise<Vector> {
    const found = this.room.get(key);
    const vector =
      found?.length === values.length ? found : this.setup.engine.vector(values.length);
    this.room.set(key, vector);
    await vector.write(values);
    return vector;
  }

  private async take(number: number, deadline?: number, since = number - 1): Promise<Messages> {
    const present = await this.messages.present(number, deadline, since);
    this.rounds.expect(present);
    const found = new Array<Uint8Array | undefined>(this.particles).fill(undefined);
    for (const particle of present) {
      const bytes = await this.messages.read(number, particle);
      if (bytes) found[particle] = decodeMessage(bytes, this.messages.pathOf(number, particle));
    }
    if (this.limited) await this.messages.forget(number - KEPT);
    return found;
  }

  /** How far a particle has come; what cannot be read is as if it had not begun. */
  private async savedBy(particle: number): Promise<Saved> {
    const path = join(this.options.path, "saved", `${particle}.json`);
    try {
      const bytes = await readBounded(path, 1024);
      if (bytes) return decodeJson(bytes, { schema: savedSchema, source: path, most: 1024 });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
    return { round: 0, gathers: 0 };
  }
}

/** The driver of a shared folder. */
export const folder = (options: FolderOptions): ExchangeDriver => ({
  hosted: options.hosted,
  open: async (setup) => new FolderExchange(setup, options),
});
