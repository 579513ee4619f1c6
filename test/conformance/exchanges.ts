// The drivers under test. A new one joins the suite by a line here.

import type { ExchangeDriver } from "../../src/swarm/exchange/exchange.js";
import { local } from "../../src/swarm/exchange/local.js";
import { byteDrivers } from "../support/byteExchange.js";

/** A kind of exchange. */
export interface TestedExchange {
  readonly title: string;
  /** The ends of one new exchange, one for each process; together they host all particles. */
  readonly drivers: (particles: number) => readonly ExchangeDriver[];
}

export const exchanges: readonly TestedExchange[] = [
  { title: "local", drivers: () => [local] },
  { title: "bytes between two ends", drivers: byteDrivers },
];
