// Answers: JSON or text, never more than was meant.

import type { ServerResponse } from "node:http";
import { printable } from "../text/printable.js";
import type { HttpError } from "./httpError.js";

/** Sent with every answer: nobody takes it for another kind of content, keeps it, or shows it in a frame. */
export const standardHeaders: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

type Headers = Readonly<Record<string, string>>;

/** Answers with a text of a content type. An answer whose connection is gone is dropped. */
export function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Headers = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const length = String(Buffer.byteLength(text));
  const own = { "content-type": type, "content-length": length };
  response.writeHead(status, { ...standardHeaders, ...own, ...headers }).end(text);
}

/** Answers with a value as JSON. */
export const sendJson = (
  response: ServerResponse,
  status: number,
  value: unknown,
  headers?: Headers,
): void => sendText(response, status, "application/json", JSON.stringify(value), headers);

/** `{"error": "..."}`: one line, and what others wrote in it is text. */
export const errorBody = (message: string): { error: string } => ({
  error: printable(message.split("\n")[0]),
});

export const sendError = (
  response: ServerResponse,
  { status, message, headers }: HttpError,
): void => sendJson(response, status, errorBody(message), headers);
