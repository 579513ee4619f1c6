// Which requests the studio answers.

import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { parseJson } from "../files/json.js";
import {
  type Handler,
  HttpError,
  type Routes,
  readBody,
  sendJson,
  sendText,
  standardHeaders,
} from "../http/index.js";
import { InputError } from "../inputError.js";
import { summarise } from "../models/index.js";
import { askToStop, runFiles } from "../runs/index.js";
import { searchFiles } from "../study/index.js";
import { modelOf } from "../train/modelOf.js";
import type { Access } from "./access.js";
import { drawFilters } from "./filters.js";
import { type FoundRun, findStudies, isInPlace, runIdOf } from "./findRuns.js";
import { configOf, stateOf } from "./head.js";
import type { ImageSets } from "./imageSets.js";
import type { NetInUse, TakenForm } from "./netInUse.js";
import { bytesOfOwn } from "./ownFile.js";
import type { PageFile } from "./page.js";
import type { RunList } from "./runList.js";
import { RunReader, RunWatch } from "./runWatch.js";
import { resumeTraining, startTraining } from "./startTraining.js";
import type { Streams } from "./streams.js";
import { studyOf, studyRows } from "./studies.js";

/** What the answers come from. */
export interface StudioParts {
  /** The folder that is shown. */
  readonly root: string;
  readonly sets: ImageSets;
  readonly net: NetInUse;
  readonly page: readonly PageFile[];
  readonly access: Access;
  readonly runs: RunList;
  readonly streams: Streams;
}

/** Bounds of what a request brings: an image as cameras make them. */
const body = { bytes: 20e6, seconds: 60 };

/** The page runs what comes from here and nothing else; it is shown in no frame and tells nobody its address. */
const pageHeaders = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
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

function sendBytes(response: ServerResponse, type: string, bytes: Uint8Array): void {
  response.writeHead(200, { ...standardHeaders, "content-type": type });
  response.end(bytes);
}

/** A value behind the question mark. */
const asked = ({ url = "" }: IncomingMessage, name: string): string =>
  new URL(url, "http://localhost").searchParams.get(name) ?? "";

/** The run that `?id=` names. */
function runOf(request: IncomingMessage, runs: RunList): FoundRun {
  const id = asked(request, "id");
  const run = runs.find(id);
  if (run && isInPlace(run)) return run;
  throw new HttpError(404, `there is no run "${id}"`);
}

/** What a request brings, as JSON. */
function jsonOf(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new InputError((error as Error).message);
  }
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

/** Goes on with a run that was stopped; not with one that would run a file of its own. */
async function resume(root: string, run: FoundRun): Promise<void> {
  const config = configOf(run);
  if ("fault" in config) throw new HttpError(404, config.fault);
  if (stateOf(run.folder) !== "stopped") {
    throw new HttpError(409, `${run.path} was not stopped; there is nothing to go on with`);
  }
  if (config.module) {
    throw new HttpError(
      409,
      `${run.path} has a file of its own (${config.module.path}), which the studio does not run`,
    );
  }
  await resumeTraining(root, run.folder);
}

/** Requests about runs. */
const runRoutes = ({ root, runs, streams }: StudioParts): Routes => ({
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
  "/api/filters.png": {
    GET: (request, response) => {
      const run = runOf(request, runs);
      const filters = drawFilters(run);
      if (!filters) throw new HttpError(404, `${run.path} has no filters to be shown`);
      sendBytes(response, "image/png", filters);
    },
  },
  "/api/confused.svg": {
    GET: (request, response) => {
      const run = runOf(request, runs);
      const sheet = bytesOfOwn(join(run.folder, runFiles.confused));
      if (!sheet) throw new HttpError(404, `${run.path} has no images behind its confusion`);
      sendBytes(response, "image/svg+xml", sheet);
    },
  },
  "/api/resume": {
    POST: async (request, response) => {
      await resume(root, runOf(request, runs));
      sendJson(response, 202, {});
    },
  },
  "/api/stop": {
    POST: (request, response) => {
      stop(runOf(request, runs));
      sendJson(response, 202, {});
    },
  },
});

/** Requests about searches of settings. */
function studyRoutes({ root }: StudioParts): Routes {
  const studyIn = (request: IncomingMessage): FoundRun => {
    const id = asked(request, "id");
    const found = findStudies(root).find((one) => one.id === id);
    if (found && isInPlace(found)) return found;
    throw new HttpError(404, `there is no study "${id}"`);
  };
  return {
    "/api/studies": { GET: (request, response) => sendFresh(request, response, studyRows(root)) },
    "/api/study": {
      GET: (request, response) => {
        const found = studyIn(request);
        const study = studyOf(found, root);
        if (!study) throw new HttpError(404, `${found.path} cannot be read`);
        sendFresh(request, response, study);
      },
    },
    "/api/study.svg": {
      GET: (request, response) => {
        const chart = bytesOfOwn(join(studyIn(request).folder, searchFiles.chart));
        if (!chart) throw new HttpError(404, "the study has no chart yet");
        sendBytes(response, "image/svg+xml", chart);
      },
    },
  };
}

/** Answers with a run's net for other programs. */
const takes =
  (form: TakenForm, { net, runs }: StudioParts): Handler =>
  async (request, response) => {
    const file = await net.taken(runOf(request, runs), form);
    sendBytes(response, "application/octet-stream", file);
  };

/** Requests that bring images, train a net on them, ask it, and take it elsewhere. */
function ownRoutes(parts: StudioParts): Routes {
  const { root, sets, net, runs } = parts;
  return {
    "/api/image": {
      POST: async (request, response) => {
        const bytes = await readBody(request, body);
        sets.add(asked(request, "set"), asked(request, "class"), bytes);
        sendJson(response, 201, {});
      },
    },
    "/api/train": {
      POST: async (request, response) => {
        const text = (await readBody(request, body)).toString();
        const folder = await startTraining(root, (set) => sets.folder(set), jsonOf(text));
        sendJson(response, 201, { id: runIdOf(root, folder) });
      },
    },
    "/api/predict": {
      POST: async (request, response) => {
        const run = runOf(request, runs);
        sendJson(response, 200, await net.predict(run, await readBody(request, body)));
      },
    },
    "/api/net.onnx": { GET: takes("onnx", parts) },
    "/api/bundle.zip": { GET: takes("zip", parts) },
    "/api/worst": {
      GET: async (request, response) => {
        const worst = await net.worst(runOf(request, runs));
        sendJson(
          response,
          200,
          worst.map(({ at, loss }) => ({ at, loss })),
        );
      },
    },
    "/api/relabel": {
      POST: async (request, response) => {
        const [at, name] = [asked(request, "at"), asked(request, "class")];
        await net.relabel(runOf(request, runs), at, name);
        sendJson(response, 200, {});
      },
    },
    "/api/worst.png": {
      GET: async (request, response) => {
        const at = asked(request, "at");
        const found = (await net.worst(runOf(request, runs))).find((one) => `${one.at}` === at);
        if (!found) throw new HttpError(404, `there is no image ${at}`);
        sendBytes(response, "image/png", found.drawing);
      },
    },
  };
}

/** All of them. */
export function studioRoutes(parts: StudioParts): Routes {
  const files = parts.page.map((file) => {
    const handler = file.path === "/" ? front(file, parts.access) : serve(file);
    return [file.path, { GET: handler }] as const;
  });
  return {
    ...Object.fromEntries(files),
    ...runRoutes(parts),
    ...studyRoutes(parts),
    ...ownRoutes(parts),
  };
}
