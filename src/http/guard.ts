// Who may ask: programs of this machine, and those that know a token.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { HttpError } from "./httpError.js";

/** Names of this machine that no other machine reaches. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/** Whether a host, as one that a server listens at, is this machine's own and nobody else's. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/**
 * Refuses requests that a page of the web lets a browser make: those that name this machine as another host (DNS
 * rebinding), and those of pages that came from elsewhere.
 *
 * @throws HttpError 403
 */
export function expectLocal({ headers }: IncomingMessage): void {
  const { host = "", origin } = headers;
  if (!isLoopback(host.replace(/:\d+$/, ""))) {
    throw new HttpError(
      403,
      `the host is "${host}"; expected a name of this machine, as localhost`,
    );
  }
  if (origin === undefined || origin === `http://${host}`) return;
  throw new HttpError(403, `the page is of "${origin}"; expected http://${host}`);
}

/** A token that nobody guesses: 32 random bytes. */
export const newToken = (): string => randomBytes(32).toString("base64url");

const digestOf = (text: string) => createHash("sha256").update(text).digest();

/** Whether two tokens are the same, in a time that does not tell how much of them is. */
export const sameToken = (one: string, other: string): boolean =>
  timingSafeEqual(digestOf(one), digestOf(other));

/**
 * Refuses requests without the token, which is given as `Authorization: Bearer TOKEN`.
 *
 * @throws HttpError 401
 */
export function expectToken({ headers }: IncomingMessage, token: string): void {
  const [, given = ""] = /^Bearer (.*)$/i.exec(headers.authorization ?? "") ?? [];
  if (sameToken(given, token)) return;
  throw new HttpError(401, "expected the header authorization: Bearer TOKEN", {
    "www-authenticate": "Bearer",
  });
}
