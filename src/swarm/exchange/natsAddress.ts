// Where a NATS server is and who asks it: an address, environment variables as NATS's own tools have them, files. Secrets
// stay in the options of the connection; `shown` is the address as messages may tell it.

import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "@nats-io/transport-node";
import { InputError } from "../../inputError.js";
import { printable } from "../../text/printable.js";

/** An address that was read. */
export interface NatsAddress {
  /** Host and port. */
  readonly server: string;
  /** Of the swarm: letters, digits, `-` and `_`. */
  readonly name: string;
  /** Without user, password and token. */
  readonly shown: string;
  /** User, password, token, TLS. Holds secrets. */
  readonly options: ConnectionOptions;
  /** File of credentials (JWT and seed). */
  readonly credentials?: string;
  /** File of a seed. */
  readonly nkey?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

function parse(address: string): URL {
  try {
    return new URL(address);
  } catch {
    // The text may hold a password: it is not shown.
    throw new InputError(
      "the address of the NATS server is no URL; expected nats://HOST:4222/NAME",
    );
  }
}

/** User and password, or a token, of the address; else of the environment. */
function loginOf({ username, password }: URL, environment: Environment): ConnectionOptions {
  const [user, pass] = [username, password].map(decodeURIComponent);
  if (user !== "") return pass === "" ? { token: user } : { user, pass };
  const { NATS_USER, NATS_PASSWORD, NATS_TOKEN } = environment;
  if (NATS_USER) return { user: NATS_USER, pass: NATS_PASSWORD };
  return NATS_TOKEN ? { token: NATS_TOKEN } : {};
}

/** Files of TLS, where it is asked for; without any, a server that demands it gets it by the system's authorities. */
function tlsOf(
  { protocol }: URL,
  { NATS_CA, NATS_CERT, NATS_KEY }: Environment,
): ConnectionOptions {
  const files = {
    ...(NATS_CA && { caFile: NATS_CA }),
    ...(NATS_CERT && { certFile: NATS_CERT }),
    ...(NATS_KEY && { keyFile: NATS_KEY }),
  };
  return protocol === "tls:" || Object.keys(files).length > 0 ? { tls: files } : {};
}

/**
 * Reads `nats://HOST[:PORT][/NAME]`, or `tls://` where nothing may travel in the clear. Who asks is said by
 * `USER:PASSWORD@` or `TOKEN@` before the host, else by the variables of NATS's own tools: `NATS_CREDS`, `NATS_NKEY`
 * (files), `NATS_USER` and `NATS_PASSWORD`, `NATS_TOKEN`; TLS by `NATS_CA`, `NATS_CERT`, `NATS_KEY` (files).
 *
 * @param environment default that of this process
 * @throws InputError for another address, without any secret of it.
 * @example
 * parseNatsAddress("nats://ann:secret@host:4222/s1", {}).shown; // "nats://host:4222/s1"
 */
export function parseNatsAddress(
  address: string,
  environment: Environment = process.env,
): NatsAddress {
  const url = parse(address);
  const { protocol, hostname, port, pathname } = url;
  if (!["nats:", "tls:"].includes(protocol) || hostname === "") {
    throw new InputError(
      `${printable(protocol)} is no address of a NATS server; expected nats://HOST:4222/NAME or tls://HOST:4222/NAME`,
    );
  }
  const name = pathname.replace(/^\//, "") || "swarm";
  if (!NAME.test(name)) {
    throw new InputError(
      `${printable(name)} is no name of a swarm; expected at most 64 letters, digits, "-" and "_" behind nats://HOST/`,
    );
  }
  const server = `${hostname}:${port || 4222}`;
  const { NATS_CREDS, NATS_NKEY } = environment;
  const named = url.username !== "";
  return {
    server,
    name,
    shown: `${protocol}//${server}/${name}`,
    options: { ...loginOf(url, environment), ...tlsOf(url, environment) },
    ...(!named && NATS_CREDS && { credentials: NATS_CREDS }),
    ...(!named && NATS_NKEY && { nkey: NATS_NKEY }),
  };
}

/** @throws InputError naming the file, and nothing that it holds. */
export function readSecret(path: string, what: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`${printable(path)}: the ${what} cannot be read (${code})`);
  }
}
