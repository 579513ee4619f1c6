// Where the processes of one swarm meet.

import type { Card } from "./card.js";
import type { DriverOptions, ExchangeDriver } from "./exchange.js";

/** Who took part in a round. */
export interface ClosedRound {
  readonly round: number;
  /** Ascending. */
  readonly present: readonly number[];
}

/** A place where processes find the same swarm. */
export interface Site {
  /** For messages. */
  readonly address: string;
  /** Folder of the particles' run folders, which all processes must see for a particle to be taken over. */
  readonly runs: string;
  /** The swarm's card, once somebody has put one. */
  card(): Promise<Card | undefined>;
  /** Puts a card unless one is there, and gives the one that is. */
  putCard(card: Card): Promise<Card>;
  /** The exchange, for some particles of this process. */
  driver(hosted: readonly number[], how?: DriverOptions): ExchangeDriver;
  /** Rounds that are closed and not yet deleted, ascending, with the particles that took part. */
  rounds(particles: number): Promise<readonly ClosedRound[]>;
}
