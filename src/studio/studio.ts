// The studio: a page of this machine that shows runs, and trains on images that are dropped into it. It reads run folders,
// and changes nothing in them but by a file that asks a run to end.

import { realpathSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { listenerOf, newToken } from "../http/index.js";
import { InputError } from "../inputError.js";
import { Access } from "./access.js";
import { ImageSets } from "./imageSets.js";
import { NetInUse } from "./netInUse.js";
import { readPage } from "./page.js";
import { studioRoutes } from "./routes.js";
import { RunList } from "./runList.js";
import { Streams } from "./streams.js";

/** Settings of {@link openStudio}. */
export interface StudioOptions {
  /** Where it listens on this machine; default a port that is free. */
  readonly port?: number;
  /** Told of faults of the studio itself. */
  readonly onFault: (error: unknown) => void;
}

/** A studio that is open. */
export interface Studio {
  /** Opens the page in a browser; it holds the token. */
  readonly address: string;
  close(): Promise<void>;
}

/** The folder as it really is, of which everything that is shown must be a part. */
function rootOf(folder: string): string {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(`${folder} is no folder; name one that holds runs`);
  }
  return realpathSync(folder);
}

/**
 * Serves a page that shows the runs of a folder, to browsers of this machine that were given its address.
 *
 * @throws InputError for a folder that cannot be read, a port that is taken, and a page that has not been built.
 */
export async function openStudio(
  folder: string,
  { port = 0, onFault }: StudioOptions,
): Promise<Studio> {
  const root = rootOf(folder);
  const runs = new RunList(root);
  const sets = new ImageSets(root);
  const net = new NetInUse(sets);
  const page = readPage();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new InputError(`port ${port} cannot be opened (${error.code}); choose another one`)),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  const token = newToken();
  const access = new Access(token, own);
  const streams = new Streams();
  const routes = studioRoutes({ root, page, access, runs, streams, sets, net });
  const guard = access.expect.bind(access);
  server.on("request", listenerOf(routes, { guard, onFault }));
  // Until somebody has opened the address, the runs are read.
  setImmediate(() => {
    try {
      runs.rows();
    } catch (error) {
      onFault(error);
    }
  });
  return {
    address: `http://127.0.0.1:${own}/?token=${token}`,
    close: async () => {
      streams.close();
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), net.close()]);
    },
  };
}
