// Places where processes of a swarm meet, for tests of what all of them must do.

import { join } from "node:path";
import { onTestFinished } from "vitest";
import { NatsServer, natsProgram } from "./natsServer.js";
import { temporaryFolder } from "./tinyRun.js";

/** Kinds of places; the address of a new one that is gone after the test. */
export const swarmPlaces = [
  { scheme: "folder", isHere: true, place: async () => `folder:${temporaryFolder()}` },
  {
    scheme: "nats",
    isHere: natsProgram !== undefined,
    place: async () => {
      const server = await NatsServer.start();
      onTestFinished(() => server.remove());
      return `${server.address}/s?runs=${join(temporaryFolder(), "runs")}`;
    },
  },
];
