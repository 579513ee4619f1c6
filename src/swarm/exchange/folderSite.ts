// A folder as the place of a swarm: its card lies there beside what particles publish, and so do their runs.

import { join } from "node:path";
import { writeFileOnce } from "../../files/atomicFile.js";
import { absolute, makeFolder } from "../../files/folders.js";
import { readBounded } from "./boundedFile.js";
import { decodeCard, encodeCard, MOST_CARD } from "./card.js";
import { folder } from "./folder.js";
import { closedRounds } from "./folderCollectives.js";
import type { Site } from "./site.js";

/** The place `folder:PATH`. */
export function folderSite(address: string, rest: string): Site {
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
      await writeFileOnce(file, encodeCard(own));
      return (await card()) ?? own;
    },
    driver: (hosted, how) => folder({ path, hosted, ...how }),
    rounds: (particles) => closedRounds(join(path, "rounds"), particles),
  };
}
