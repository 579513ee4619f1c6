// Where the processes of one swarm meet.

import type { Card } from "./card.js";
import type { ExchangeDriver } from "./exchange.js";

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
  driver(hosted: readonly number[], onRefused?: (message: string) => void): ExchangeDriver;
}
