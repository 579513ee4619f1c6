// Which function answers which request: a table of paths and methods, and one place that turns errors into answers.

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { InputError } from "../inputError.js";
import { sendError } from "./answer.js";
import { HttpError } from "./httpError.js";

/** Answers a request. What it throws is answered in its place. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Handlers by path, as it stands in a request, and method. */
export type Routes = Readonly<Record<string, Readonly<Record<string, Handler>>>>;

/** What {@link listenerOf} does beside answering. */
export interface ListenerOptions {
  /** Throws for a request that is not to be answered; default none. */
  readonly guard?: (request: IncomingMessage, path: string) => void;
  /** Told of what is no fault of a request; its sender is told that there was one. */
  readonly onFault: (error: unknown) => void;
}

/** The path of a request, without what follows a question mark. */
const pathOf = ({ url = "" }: IncomingMessage) => url.split("?", 1)[0];

/** An error as its sender is told. */
function asAnswer(error: unknown, onFault: (error: unknown) => void): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof InputError) return new HttpError(400, error.message);
  onFault(error);
  return new HttpError(500, "a fault of the server; its log tells more");
}

function handlerOf(routes: Routes, path: string, method: string): Handler {
  if (!Object.hasOwn(routes, path)) {
    throw new HttpError(404, `there is no ${path}; known: ${Object.keys(routes).join(", ")}`);
  }
  const methods = routes[path];
  const asked = method === "HEAD" ? "GET" : method;
  if (Object.hasOwn(methods, asked)) return methods[asked];
  const allow = Object.keys(methods).join(", ");
  throw new HttpError(405, `${path} takes ${allow}`, { allow });
}

/** A listener of a server that answers by a table. */
export function listenerOf(routes: Routes, { guard, onFault }: ListenerOptions): RequestListener {
  return async (request, response) => {
    try {
      const path = pathOf(request);
      guard?.(request, path);
      await handlerOf(routes, path, request.method ?? "")(request, response);
    } catch (error) {
      sendError(response, asAnswer(error, onFault));
    }
  };
}
