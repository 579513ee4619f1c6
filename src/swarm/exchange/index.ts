// Where a swarm of many processes meets, by the scheme of its address: `folder:PATH`, `nats://HOST/NAME`. A new kind is a row.

import { join } from "node:path";
import { absolute, makeFolder } from "../../files/folders.js";
import { InputError } from "../../inputError.js";
import { printable } from "../../text/printable.js";
import { suggestion } from "../../text/words.js";
import { putFile, readBounded } from "./box.js";
import { type Card, decodeCard, encodeCard, MOST_CARD } from "./card.js";
import type { ExchangeDriver } from "./exchange.js";
import { folder } from "./folder.js";
import { natsSite } from "./natsSite.js";

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

function folderSite(address: string, rest: string): Site {
  const path = absolute(rest);
  const file = join(path, "card.json");
  const card = async () => {
    const bytes = await readBounded(file, MOST_CARD);
    return bytes && bytes.length > 0 ? decodeCard(bytes, file) : undefined;
  };
  return {
    address,
    runs: join(path, "particles"),
    card,
    async putCard(own) {
      makeFolder(path);
      await putFile(path, "card.json", encodeCard(own), false);
      return (await card()) ?? own;
    },
    driver: (hosted, onRefused) => folder({ path, hosted, onRefused }),
  };
}

const schemes: Readonly<Record<string, (address: string, rest: string) => Site>> = {
  folder: folderSite,
  nats: natsSite,
  tls: natsSite,
};

/**
 * The place that an address names.
 *
 * @throws InputError for an address of no known kind.
 */
export function openSite(address: string): Site {
  const [, scheme = "", rest = ""] = /^([a-z]+):(.*)$/s.exec(address) ?? [];
  const open = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (open && rest !== "") return open(address, rest);
  const known = Object.keys(schemes);
  // It may hold a password.
  const shown = printable(address.replace(/\/\/[^/]*@/, "//"));
  throw new InputError(
    `--exchange ${shown}: expected ${known.map((name) => `${name}:PLACE`).join(" or ")}${suggestion(scheme, known)}`,
  );
}
