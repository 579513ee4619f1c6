// The drivers under test. A new one joins the suite by a line here.

import { afterAll } from "vitest";
import type { ExchangeDriver } from "../../src/swarm/exchange/exchange.js";
import { folder } from "../../src/swarm/exchange/folder.js";
import { local } from "../../src/swarm/exchange/local.js";
import { nats } from "../../src/swarm/exchange/nats.js";
import { byteDrivers } from "../support/byteExchange.js";
import { NatsServer, natsProgram } from "../support/natsServer.js";
import { temporaryFolder } from "../support/tinyRun.js";

/** A kind of exchange. */
export interface TestedExchange {
  readonly title: string;
  /** Why it cannot be tested here. */
  readonly missing?: string;
  /** The ends of one new exchange, one for each process; together they host all particles. */
  readonly drivers: (particles: number) => readonly ExchangeDriver[];
}

/** Two ends of a folder: one hosts the even particles, the other one the odd ones. */
function folderDrivers(particles: number): readonly ExchangeDriver[] {
  const path = temporaryFolder();
  const all = [...Array(particles).keys()];
  return [0, 1].map((first) => folder({ path, hosted: all.filter((id) => id % 2 === first) }));
}

const server = natsProgram === undefined ? undefined : await NatsServer.start();
afterAll(() => server?.remove());
let swarms = 0;

/** Two processes on a swarm of its own, by particles that are even and odd. */
function natsDrivers(particles: number): readonly ExchangeDriver[] {
  const address = `${server!.address}/s${swarms++}`;
  const all = [...Array(particles).keys()];
  return [0, 1].map((rest) => nats(address, { hosted: all.filter((id) => id % 2 === rest) }));
}

export const exchanges: readonly TestedExchange[] = [
  { title: "local", drivers: () => [local] },
  { title: "bytes between two ends", drivers: byteDrivers },
  {
    title: "NATS",
    missing: natsProgram === undefined ? "nats-server is not installed" : undefined,
    drivers: natsDrivers,
  },
  { title: "a folder", drivers: folderDrivers },
];
