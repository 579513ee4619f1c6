// A process that comes to its swarm when rounds are over takes part in those that are not.

import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { swarmPlaces } from "../../test/support/swarmPlaces.js";
import { temporaryFolder, trainTiny } from "../../test/support/tinyRun.js";
import { getCoupling } from "./couplings/index.js";
import { openSite } from "./exchange/index.js";
import { openSwarm } from "./openSwarm.js";

const EPOCHS = 10;

describe.each(swarmPlaces)("by $scheme", ({ isHere, place }) => {
  test.skipIf(!isHere).each([
    { name: "pso", settings: {}, roundsPerEpoch: 1 },
    { name: "gossip", settings: { every: 5 }, roundsPerEpoch: 12 / 5 },
  ])("with $name", async ({ name, settings, roundsPerEpoch }) => {
    const site = openSite(await place());
    const coupling = getCoupling(name).make(settings);
    // Those that all have saved are deleted.
    const rounds = new Map<number, readonly number[]>();
    const note = async () => {
      for (const { round, present } of await site.rounds(3)) rounds.set(round, present);
    };
    let begin = () => {};
    const others = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const play = (id: number) =>
      trainTiny(
        { epochs: EPOCHS, out: join(temporaryFolder(), "run") },
        {
          open: openSwarm({ coupling, particles: 3, exchange: site.driver([id]), wait: 200 }),
          listeners: [
            async (event) => {
              await note();
              if (event.type === "epochEnd" && event.epoch === 2) begin();
            },
          ],
        },
      );
    const runs = [0, 1].map(play);
    await others;
    const { events, summary } = await play(2);
    await Promise.all(runs);
    await note();
    const told = events.flatMap((event) => (event.type === "warning" ? [event.message] : []));
    expect(told[0]).toMatch(/^\d+ epochs of the swarm went by without this process, .* epoch 1$/);
    // It has all of its own epochs.
    expect(summary.epochs).toBe(EPOCHS);
    const played = [...rounds].sort(([a], [b]) => a - b);
    const joint = played.filter(([, present]) => present.length === 3);
    expect(joint.length).toBeGreaterThan(3 * roundsPerEpoch);
    // Behind the others' end it is alone.
    const [last, present] = played.at(-1)!;
    expect(present).toEqual([2]);
    expect(last).toBeGreaterThanOrEqual(EPOCHS * roundsPerEpoch);
  });
});
