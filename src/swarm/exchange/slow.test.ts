// A particle that is far slower than the others costs them no time where rounds have deadlines.

import { describe, expect, onTestFinished, test } from "vitest";
import { swarmPlaces } from "../../../test/support/swarmPlaces.js";
import { referenceEngine } from "../../engine/reference/index.js";
import { layoutOf } from "../../graph/index.js";
import type { Exchange } from "./exchange.js";
import { openSite } from "./index.js";

const engine = referenceEngine();
const layout = layoutOf([{ name: "weight", shape: [4], kind: "weight" }]);
/** Nobody waits so long in a test. */
const far = () => Date.now() + 600_000;

describe.each(swarmPlaces)("by $scheme", ({ isHere, place }) => {
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

  test.skipIf(!isHere)(
    "gathers tell how many are over, and wait for whom they are told to",
    async () => {
      const site = openSite(await place());
      const ends = await Promise.all(
        [0, 1, 2].map((id) => site.driver([id]).open({ particles: 3, layout, engine })),
      );
      for (const end of ends) onTestFinished(() => end.close());
      const play = (ids: readonly number[], deadline = far(), since?: number) =>
        Promise.all(ids.map((id) => ends[id].gather(id, Uint8Array.of(id), deadline, since)));
      const came = async (found: ReturnType<typeof play>) =>
        (await found)[0].flatMap((message, id) => (message ? [id] : []));
      expect(await ends[0].over()).toBe(0);
      await play([0, 1, 2]);
      await play([0, 1], Date.now() + 50);
      expect(await Promise.all(ends.map((end) => end.over()))).toEqual([2, 2, 2]);
      // It goes to the one that is open, is heard there, and was not at all of the last two.
      ends[2].resume(2);
      expect(await came(play([0, 1, 2]))).toEqual([0, 1, 2]);
      expect(await came(play([0, 1], far(), 1))).toEqual([0, 1]);
      // Who was at the last gather is waited for at the round behind it, whatever it came to before.
      ends[2].resume(4);
      await play([0, 1, 2]);
      const round = async (ids: readonly number[], number: number) => {
        for (const particle of ids)
          await ends[particle].publish(number, { particle, healthy: true, lr: 1 }, {});
        const found = await Promise.all(ids.map((id) => ends[id].round(number, far())));
        return found[0].filter(({ healthy }) => healthy).map(({ particle }) => particle);
      };
      const early = round([0, 1], 0);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await round([2], 0)).toEqual([0, 1, 2]);
      expect(await early).toEqual([0, 1, 2]);
    },
  );
});
