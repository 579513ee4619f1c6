// Answers about images over HTTP.

import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  errorBody,
  expectLocal,
  expectToken,
  HttpError,
  isLoopback,
  listenerOf,
  newToken,
  type Routes,
  readBody,
  sendJson,
  sendText,
  standardHeaders,
} from "../http/index.js";
import { InputError } from "../inputError.js";
import { usableCores } from "../machine.js";
import { Gate } from "./gate.js";
import { imagesOfBody } from "./images.js";
import { Metrics } from "./metrics.js";
import { MicroBatches } from "./microBatches.js";
import type { Servable } from "./net.js";
import { Room, type Share } from "./room.js";
import { parseServeSettings, type ServeConfig, type ServeSettings } from "./settings.js";

/** What {@link serve} takes beside settings. */
export interface ServeOptions {
  /** What requests must give as `Authorization: Bearer TOKEN`; default none on this machine alone, else a random one. */
  readonly token?: string;
  /** Told of faults that are no request's; default they are written to standard error. */
  readonly onFault?: (error: unknown) => void;
}

/** A server at work. */
export interface Serving {
  /** `http://127.0.0.1:8080` */
  readonly address: string;
  readonly token?: string;
  /** Takes no more requests, answers those that have come, and ends. The net stays open. */
  close(): Promise<void>;
}

const MEGABYTE = 1e6;
/** Bounds of what a refused request is told to wait, in seconds. */
const [SOONEST, LATEST] = [1, 60];
/** Milliseconds: headers may take so long to come, an idle connection is kept so long, and how often this is looked at. */
const [HEADERS, IDLE, LOOK] = [5_000, 15_000, 1_000];
/** The one path that asks for no token, so that whatever watches over servers can look. */
const HEALTH = "/health";

/** One net behind HTTP. */
class NetServer {
  readonly server: Server;
  private readonly metrics: Metrics;
  private readonly room: Room;
  private readonly decoding: Gate;
  private readonly batches: MicroBatches<Parameters<Servable["predict"]>[0][number], object>;
  private open = 0;
  private draining = false;
  private whenIdle?: () => void;

  constructor(
    private readonly net: Servable,
    private readonly config: ServeConfig,
    private readonly token: string | undefined,
    onFault: (error: unknown) => void,
  ) {
    const { batch, wait, waiting, memory } = config;
    this.metrics = new Metrics(batch);
    this.room = new Room({ images: waiting, bytes: memory * MEGABYTE }, () => {
      const seconds = Math.ceil(this.room.images * this.metrics.secondsOfImage);
      return Math.min(LATEST, Math.max(SOONEST, seconds));
    });
    this.decoding = new Gate(2 * usableCores());
    this.batches = new MicroBatches((images) => net.predict(images), {
      ...{ largest: batch, wait },
      onBatch: (size, seconds) => this.metrics.batch(size, seconds),
    });
    const listener = listenerOf(this.routes(), {
      guard: (request, path) => this.guard(request, path),
      onFault,
    });
    this.server = this.bounded(
      createServer({ connectionsCheckingInterval: LOOK }, (request, response) => {
        this.enter(response);
        void listener(request, response);
      }),
    );
  }

  /** A server with bounds on connections, and on what comes before a body. */
  private bounded(server: Server): Server {
    const { seconds, connections } = this.config;
    server.maxConnections = connections;
    server.headersTimeout = HEADERS;
    server.requestTimeout = HEADERS + 1000 * seconds;
    server.keepAliveTimeout = IDLE;
    server.on("drop", () => this.metrics.drop());
    server.on("clientError", refuse);
    return server;
  }

  private routes(): Routes {
    return {
      "/": { GET: (_, response) => sendJson(response, 200, this.about()) },
      [HEALTH]: { GET: (_, response) => this.health(response) },
      "/metrics": { GET: (_, response) => this.tell(response) },
      "/predict": { POST: (request, response) => this.predict(request, response) },
    };
  }

  private about() {
    const { batch, waiting, body, pixels } = this.config;
    return { ...this.net.about, limits: { batch, waiting, body, pixels } };
  }

  private guard(request: IncomingMessage, path: string): void {
    if (this.token === undefined) expectLocal(request);
    else if (path !== HEALTH) expectToken(request, this.token);
  }

  private health(response: ServerResponse): void {
    if (this.draining) sendJson(response, 503, { status: "ending" });
    else sendJson(response, 200, { status: "ok" });
  }

  private tell(response: ServerResponse): void {
    const { images: waitingImages, bytes: heldBytes } = this.room;
    const text = this.metrics.text({ waitingImages, heldBytes });
    sendText(response, 200, "text/plain; version=0.0.4", text);
  }

  /** Counts a request that is not answered yet. */
  private enter(response: ServerResponse): void {
    this.open++;
    if (this.draining) response.setHeader("connection", "close");
    response.once("close", () => {
      this.open--;
      if (this.open === 0) this.whenIdle?.();
    });
  }

  private async predict(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const start = performance.now();
    response.once("close", () => {
      const status = response.writableFinished ? response.statusCode : CLIENT_GONE;
      this.metrics.request(status, (performance.now() - start) / 1000);
    });
    if (this.draining) throw new HttpError(503, "the server is ending", { connection: "close" });
    this.room.expectImages(1);
    const share = this.room.open();
    try {
      const { images, array } = await this.imagesOf(request, share);
      const gone = () => response.destroyed;
      // What they hold is given back when the last of them is through, whatever became of the first.
      const all = await Promise.allSettled(images.map((image) => this.batches.add(image, gone)));
      const said = all.map((one) => {
        if (one.status === "rejected") throw one.reason;
        return one.value;
      });
      sendJson(response, 200, array ? said : said[0]);
    } finally {
      share.close();
    }
  }

  /** The images of a request. Its share holds their bytes from here on, and those of its body until it is decoded. */
  private async imagesOf(request: IncomingMessage, share: Share) {
    const { body: megabytes, seconds, pixels } = this.config;
    const take = (bytes: number) => share.takeBytes(bytes);
    const body = await readBody(request, { bytes: megabytes * MEGABYTE, seconds, take });
    if (body.length === 0) throw new HttpError(400, "the body is empty; expected an image");
    share.takeImages(1);
    const decoding = { ...this.net.decoding, pixels: pixels * 1e6 };
    const found = await this.decoding.through(() => imagesOfBody(body, decoding));
    const { images, array } = found;
    if (images.length > this.config.waiting) {
      const most = this.config.waiting;
      throw new HttpError(413, `the array has ${images.length} images; expected at most ${most}`);
    }
    share.takeImages(images.length - 1);
    share.giveBytes(body.length);
    share.takeBytes(images.reduce((sum, { data }) => sum + data.length, 0));
    return { images, array };
  }

  async listen(): Promise<string> {
    const { host, port } = this.config;
    this.server.listen(port, host);
    try {
      await once(this.server, "listening");
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new InputError(
        `port ${port} of ${host} cannot be opened (${code ?? message}); choose another one`,
      );
    }
    const at = this.server.address() as AddressInfo;
    return `http://${at.family === "IPv6" ? `[${at.address}]` : at.address}:${at.port}`;
  }

  async close(): Promise<void> {
    this.draining = true;
    const closed = once(this.server, "close");
    this.server.close();
    if (this.open > 0) await new Promise<void>((idle) => (this.whenIdle = idle));
    this.server.closeAllConnections();
    await closed;
  }
}

/** Status of requests whose sender went away before the answer, in the metrics. */
const CLIENT_GONE = 499;

/** What a connection is told that speaks no HTTP, or too slowly. */
function refuse({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || code === "ECONNRESET") return void socket.destroy();
  const [status, message] =
    code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? ["408 Request Timeout", "the request took too long to come"]
      : code === "HPE_HEADER_OVERFLOW"
        ? ["431 Request Header Fields Too Large", "the headers are too long"]
        : ["400 Bad Request", "this is no request of HTTP/1.1"];
  const text = JSON.stringify(errorBody(message));
  const headers = {
    ...{ "content-type": "application/json", "content-length": text.length, connection: "close" },
    ...standardHeaders,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join("\r\n")}\r\n\r\n${text}`);
}

/**
 * Serves a net over HTTP: `POST /predict` with an image file, or an array u8 [n, height, width, channels] as NumPy saves
 * it, answers what the net says as JSON; `GET /health`, `/metrics` (Prometheus) and `/` tell of the server. Images that wait
 * are run together. Programs for all sizes of batches are compiled before the first request is taken.
 *
 * @throws InputError for a setting that is unknown or wrong; an error of the system where it cannot listen.
 * @example
 * import { openTrained } from "convoynet";
 * import { servable, serve } from "convoynet/serve";
 * const net = await openTrained("runs/a", { batch: 8 });
 * const server = await serve(servable(net), { port: 0, batch: 8 });
 * const health = await fetch(`${server.address}/health`);
 * await health.json(); // { status: "ok" }
 * await server.close();
 * await net.close();
 */
export async function serve(
  net: Servable,
  settings: ServeSettings = {},
  { token, onFault = console.error }: ServeOptions = {},
): Promise<Serving> {
  const config = parseServeSettings(settings);
  const needed = token ?? (isLoopback(config.host) ? undefined : newToken());
  for (let size = 1; size <= config.batch; size *= 2) await net.prepare(size);
  const server = new NetServer(net, config, needed, onFault);
  const address = await server.listen();
  return {
    address,
    ...(needed !== undefined && { token: needed }),
    close: () => server.close(),
  };
}
