// A particle that is far slower than the others costs them no time where rounds have deadlines.

import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { NatsServer, natsProgram } from "../../../test/support/natsServer.js";
import { temporaryFolder } from "../../../test/support/tinyRun.js";
import { referenceEngine } from "../../engine/reference/index.js";
import { layoutOf } from "../../graph/index.js";
import type { Exchange } from "./exchange.js";
import { openSite } from "./index.js";

const engine = referenceEngine();
const layout = layoutOf([{ name: "weight", shape: [4], kind: "weight" }]);
/** Nobody waits so long in a test. */
const far = () => Date.now() + 600_000;

const places = [
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

describe.each(places)("by $scheme", ({ isHere, place }) => {
  test.skipIf(!isHere)("who did not come to the last round is not waited for", async () => {
    const site = openSite(await place());
    const ends = await Promise.all(
      [0, 1, 2].map((id) => site.driver([id]).open({ particles: 3, layout, engine })),
    );
    for (const end of ends) onTestFinished(() => end.close());
    const play = async (round: number, ids: readonly number[], deadline = far()) => {
      const snapshots = ids.map((particle) => ({ particle, healthy: true, lr: 1 }));
      await Promise.all(snapshots.map((each) => ends[each.particle].publish(round, each, {})));
      const found = await Promise.all(ids.map((id) => ends[id].round(round, deadline)));
      const seen = found.map((all) =>
        all.filter((each) => each.healthy).map((each) => each.particle),
      );
      expect(new Set(seen.map(String)).size).toBe(1);
      return seen[0];
    };
    const late = (end: Exchange, round: number) =>
      end.publish(round, { particle: 2, healthy: true, lr: 1 }, {});
    expect(await play(0, [0, 1, 2])).toEqual([0, 1, 2]);
    expect(await play(1, [0, 1], Date.now() + 50)).toEqual([0, 1]);
    // It has not come to round 1, whatever the deadline is.
    expect(await play(2, [0, 1])).toEqual([0, 1]);
    // It comes to rounds that are over, learns who was there, and is waited for again.
    for (const round of [1, 2]) {
      await late(ends[2], round);
      expect((await ends[2].round(round, far())).map(({ healthy }) => healthy)).toEqual([
        ...[true, true, false],
      ]);
    }
    expect(await play(3, [0, 1, 2])).toEqual([0, 1, 2]);
    // Who came to the last round is waited for.
    const slower = new Promise((resolve) => setTimeout(resolve, 100)).then(() => play(4, [2]));
    expect(await play(4, [0, 1])).toEqual([0, 1, 2]);
    expect(await slower).toEqual([0, 1, 2]);
    expect((await site.rounds(3)).map(({ present }) => present.length)).toEqual([3, 2, 2, 3, 3]);
  });
});
