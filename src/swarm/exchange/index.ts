// Where a swarm of many processes meets, by the scheme of its address: `folder:PATH`, `nats://HOST/NAME`. A new kind is a row.

import { InputError } from "../../inputError.js";
import { printable } from "../../text/printable.js";
import { suggestion } from "../../text/words.js";
import { folderSite } from "./folderSite.js";
import { natsSite } from "./natsSite.js";
import type { Site } from "./site.js";

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
