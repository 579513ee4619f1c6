// Which requests the studio answers.

import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Handler, HttpError, type Routes, sendJson, sendText } from "../http/index.js";
import { summarise } from "../models/index.js";
import { askToStop } from "../runs/index.js";
import { modelOf } from "../train/modelOf.js";
import type { Access } from "./access.js";
import { type FoundRun, isInPlace } from "./findRuns.js";
import { configOf, stateOf } from "./head.js";
import type { PageFile } from "./page.js";
import type { RunList } from "./runList.js";
import { RunReader, RunWatch } from "./runWatch.js";
import type { Streams } from "./streams.js";

/** What the answers come from. */
export interface StudioParts {
  readonly page: readonly PageFile[];
  readonly access: Access;
  readonly runs: RunList;
  readonly streams: Streams;
}

/** The page runs what comes from here and nothing else; it is shown in no frame and tells nobody its address. */
const pageHeaders = {
  "content-security-policy":
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

const serve =
  ({ type, text }: PageFile): Handler =>
  (_, response) =>
    sendText(response, 200, type, text, pageHeaders);

/** The page; whoever brings the token in the address is sent on without it. */
const front =
  (file: PageFile, access: Access): Handler =>
  (request, response) => {
    if (!access.isIn(request.url ?? "")) return serve(file)(request, response);
    const headers = { ...pageHeaders, location: "/", "set-cookie": access.setCookie };
    sendText(response, 303, "text/plain", "", headers);
  };

/** Answers with JSON, or tells a page that has it already. */
function sendFresh(request: IncomingMessage, response: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  const etag = `"${createHash("sha256").update(text).digest("base64url")}"`;
  if (request.headers["if-none-match"] === etag) response.writeHead(304, { etag }).end();
  else sendText(response, 200, "application/json", text, { etag, "cache-control": "no-cache" });
}

/** The run that `?id=` names. */
function runOf({ url = "" }: IncomingMessage, runs: RunList): FoundRun {
  const id = new URL(url, "http://localhost").searchParams.get("id") ?? "";
  const run = runs.find(id);
  if (run && isInPlace(run)) return run;
  throw new HttpError(404, `there is no run "${id}"`);
}

/** A run's model, layer by layer. */
function modelRows(run: FoundRun) {
  const config = configOf(run);
  if ("fault" in config) throw new HttpError(404, config.fault);
  return summarise(modelOf(config.net, run.path));
}

function stop(run: FoundRun): void {
  if (stateOf(run.folder) !== "running") {
    throw new HttpError(409, `nobody works on ${run.path}; there is nothing to stop`);
  }
  askToStop(run.folder);
}

/** All of them. */
export function studioRoutes({ page, access, runs, streams }: StudioParts): Routes {
  const files = page.map((file) => {
    const handler = file.path === "/" ? front(file, access) : serve(file);
    return [file.path, { GET: handler }] as const;
  });
  return {
    ...Object.fromEntries(files),
    "/api/runs": { GET: (request, response) => sendFresh(request, response, runs.rows()) },
    "/api/run": {
      GET: (request, response) => {
        const watch = new RunWatch(new RunReader(runOf(request, runs)));
        sendFresh(request, response, watch.changes());
      },
    },
    "/api/events": { GET: (request, response) => streams.add(runOf(request, runs), response) },
    "/api/model": {
      GET: (request, response) => sendFresh(request, response, modelRows(runOf(request, runs))),
    },
    "/api/stop": {
      POST: (request, response) => {
        stop(runOf(request, runs));
        sendJson(response, 202, {});
      },
    },
  };
}
