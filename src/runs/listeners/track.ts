// The ways of a swarm's nets as an image: places.csv keeps a sketch of each net's position after every
// epoch, track.svg draws them in the plane in which they spread most.

import { trackChart } from "../../charts/trackChart.js";
import { writeFileAtomic } from "../../files/atomicFile.js";
import { BUCKETS } from "../../swarm/sketch.js";
import type { Listener } from "../../train/events.js";
import type { RunFolder } from "../runFolder.js";
import { swarmPlane } from "../swarmPlane.js";
import { EpochTable } from "./epochTable.js";

/** Points that an image is made of at most; of longer runs it shows evenly spaced epochs. */
const MOST_POINTS = 400;

/** The image of rows `epoch, particle, sketch...`. */
function draw(rows: readonly (readonly number[])[], title: string): string {
  const { shown, plane, particles } = swarmPlane(rows, MOST_POINTS);
  const tracks = Array.from({ length: particles }, (_, particle) => ({
    name: `net ${particle}`,
    points: [...shown.keys()].filter((at) => shown[at][1] === particle),
  }));
  return trackChart(title, plane, tracks);
}

/** Keeps table and image in the run's folder, once there is a swarm. */
export function track(folder: RunFolder): Listener {
  let table: EpochTable;
  let title = "";
  let drawn = false;
  return async (event) => {
    if (event.type === "runStart") {
      const sketch = Array.from({ length: BUCKETS }, (_, at) => `s${at}`);
      table = new EpochTable(folder.log("places"), ["particle", ...sketch]);
      title = `${event.model}: ways of the nets`;
      await table.begin(event);
    } else if (event.type === "swarm") {
      const rows = event.sketches.map((sketch, particle) => [particle, ...sketch]);
      await table.append(event.epoch, rows);
      drawn = true;
    } else if (event.type === "runEnd" && drawn) {
      const finite = (await table.rows()).filter((row) => row.every(Number.isFinite));
      if (finite.length > 1) await writeFileAtomic(folder.file("track"), draw(finite, title));
    }
  };
}
