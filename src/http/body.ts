// The body of a request, which may be long, slow, or never end.

import type { IncomingMessage } from "node:http";
import { formatBytes } from "../text/bytes.js";
import { HttpError } from "./httpError.js";

/** Bounds of {@link readBody}. */
export interface BodyBounds {
  /** Most bytes. */
  readonly bytes: number;
  /** Longest time from here to its end, in seconds. */
  readonly seconds: number;
  /** Told of bytes as they come; throws where there is no room for them. */
  readonly take?: (bytes: number) => void;
}

/** The connection is of no use any more: the rest of a body would come. */
const closing = { connection: "close" };

// A sender that is still writing would not see the answer if the connection were closed now: the rest is read, not kept.
const tooLong = (bytes: number) =>
  new HttpError(413, `the body has more than ${formatBytes(bytes)}`);

/**
 * Reads a body whole.
 *
 * @throws HttpError 413 for more bytes than allowed, 408 for one that takes too long, 400 where its sender goes away.
 */
export function readBody(
  request: IncomingMessage,
  { bytes, seconds, take }: BodyBounds,
): Promise<Buffer> {
  if (Number(request.headers["content-length"]) > bytes) return Promise.reject(tooLong(bytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const late = new HttpError(408, `the body took longer than ${seconds} s`, closing);
    const timer = setTimeout(() => end(late), seconds * 1000);
    const end = (error?: unknown) => {
      clearTimeout(timer);
      request.off("data", add).off("end", whole).off("close", gone);
      // What still comes is not kept.
      request.resume();
      if (error === undefined) resolve(Buffer.concat(chunks, length));
      else reject(error);
    };
    const add = (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytes) return end(tooLong(bytes));
      try {
        take?.(chunk.length);
      } catch (error) {
        return end(error);
      }
      chunks.push(chunk);
    };
    const whole = () => end();
    const gone = () => end(new HttpError(400, "the body ends too early", closing));
    request.on("data", add).on("end", whole).on("close", gone);
  });
}
