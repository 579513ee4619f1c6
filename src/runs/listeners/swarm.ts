// swarm.csv: one row an epoch for a swarm as a whole; distances.csv: one for each pair of its nets.

import type { Listener, SwarmReport } from "../../train/events.js";
import type { RunFolder } from "../runFolder.js";
import { EpochTable } from "./epochTable.js";

const scores = ["best", "worst", "mean", "spread"] as const;
const step = ["effectiveRate", "noise", "landscapeNoise"] as const;

const whole = (report: SwarmReport) => [
  ...scores.map((name) => report.scores?.[name]),
  report.consensus,
  ...step.map((name) => report.meanStep?.[name]),
];

const pairs = ({ distances = [] }: SwarmReport) =>
  distances.flatMap((row, i) => row.slice(0, i).map((distance, j) => [j, i, distance]));

/** Keeps both tables, once there is a swarm to tell of. */
export function swarm(folder: RunFolder): Listener {
  const table = new EpochTable(folder.log("swarm"), [...scores, "consensus", ...step]);
  const distances = new EpochTable(folder.log("distances"), ["a", "b", "distance"]);
  return async (event) => {
    if (event.type === "runStart") {
      await table.begin(event);
      await distances.begin(event);
    } else if (event.type === "swarm") {
      await table.append(event.epoch, [whole(event)]);
      await distances.append(event.epoch, pairs(event));
    }
  };
}
