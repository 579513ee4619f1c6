// The drivers under test. A new one joins the suite by a line here.

import type { ExchangeDriver } from "../../src/swarm/exchange/exchange.js";
import { folder } from "../../src/swarm/exchange/folder.js";
import { local } from "../../src/swarm/exchange/local.js";
import { byteDrivers } from "../support/byteExchange.js";
import { temporaryFolder } from "../support/tinyRun.js";

/** A kind of exchange. */
export interface TestedExchange {
  readonly title: string;
  /** The ends of one new exchange, one for each process; together they host all particles. */
  readonly drivers: (particles: number) => readonly ExchangeDriver[];
}

/** Two ends of a folder: one hosts the even particles, the other one the odd ones. */
function folderDrivers(particles: number): readonly ExchangeDriver[] {
  const path = temporaryFolder();
  const all = [...Array(particles).keys()];
  return [0, 1].map((first) => folder({ path, hosted: all.filter((id) => id % 2 === first) }));
}

export const exchanges: readonly TestedExchange[] = [
  { title: "local", drivers: () => [local] },
  { title: "bytes between two ends", drivers: byteDrivers },
  { title: "a folder", drivers: folderDrivers },
];
