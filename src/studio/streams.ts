// Pages that look at a run: each is told what has changed, by server-sent events.

import type { ServerResponse } from "node:http";
import { HttpError, standardHeaders } from "../http/index.js";
import type { FoundRun } from "./findRuns.js";
import { RunReader, RunWatch } from "./runWatch.js";

/** Looks at a run are so far apart, in milliseconds; a line without meaning keeps a quiet connection open. */
const EVERY = 500;
const QUIET = 15_000;
const MOST_STREAMS = 32;

/** All that look. */
export class Streams {
  private readonly open = new Set<ServerResponse>();
  /** A reader for each run that somebody looks at. */
  private readonly readers = new Map<string, { reader: RunReader; users: number }>();

  /** Tells a page of a run until it goes. */
  add(run: FoundRun, response: ServerResponse): void {
    if (this.open.size >= MOST_STREAMS) {
      throw new HttpError(503, `${MOST_STREAMS} pages are open; close some`);
    }
    const headers = { "content-type": "text/event-stream", "x-accel-buffering": "no" };
    response.writeHead(200, { ...standardHeaders, ...headers });
    if (response.req.method === "HEAD") return void response.end();
    this.open.add(response);
    const watch = new RunWatch(this.take(run));
    let heard = Date.now();
    const tell = () => {
      if (response.writableNeedDrain) return;
      const changes = watch.changes();
      if (changes.length === 0 && Date.now() - heard < QUIET) return;
      heard = Date.now();
      response.write(changes.length > 0 ? `data: ${JSON.stringify(changes)}\n\n` : ":\n\n");
    };
    const timer = setInterval(tell, EVERY);
    response.once("close", () => {
      clearInterval(timer);
      this.open.delete(response);
      this.giveBack(run);
    });
    tell();
  }

  close(): void {
    for (const response of this.open) response.end();
  }

  private take(run: FoundRun): RunReader {
    const known = this.readers.get(run.id) ?? { reader: new RunReader(run), users: 0 };
    known.users++;
    this.readers.set(run.id, known);
    return known.reader;
  }

  private giveBack({ id }: FoundRun): void {
    const known = this.readers.get(id);
    if (known && --known.users === 0) this.readers.delete(id);
  }
}
