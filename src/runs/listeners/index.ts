// What every run writes besides its checkpoints.

import type { Listener } from "../../train/events.js";
import type { RunFolder } from "../runFolder.js";
import { charts } from "./charts.js";
import { eventLog } from "./eventLog.js";
import { type LiveOptions, live } from "./live.js";
import { metrics } from "./metrics.js";
import { particles } from "./particles.js";
import { results } from "./results.js";
import { swarm } from "./swarm.js";
import { track } from "./track.js";

/** The listeners that keep a run folder's tables and charts. */
export const runListeners = (folder: RunFolder, options: LiveOptions): Listener[] => [
  results(folder.log("results")),
  metrics(folder.log("metrics")),
  eventLog(folder.log("events")),
  particles(folder.log("particles")),
  swarm(folder),
  charts(folder),
  track(folder),
  live(folder.file("live"), options),
];
