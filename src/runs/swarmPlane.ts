// The nets of a swarm in the plane in which their positions spread most, from the rows of places.csv.

import { type PrincipalPlane, principalPlane } from "../tensor/principalPlane.js";

/** Positions of nets, and the plane that they are seen in. */
export interface SwarmPlane {
  /** The rows that are shown: epoch, particle, sketch. */
  readonly shown: readonly (readonly number[])[];
  /** Coordinates of each of them. */
  readonly plane: PrincipalPlane;
  readonly particles: number;
}

/**
 * @param rows of `places.csv`, one at least, all finite
 * @param most rows that are shown; of longer runs it is evenly spaced epochs, and the last one
 */
export function swarmPlane(rows: readonly (readonly number[])[], most: number): SwarmPlane {
  const particles = Math.max(...rows.map(([, particle]) => particle)) + 1;
  const stride = Math.ceil(rows.length / most);
  const last = rows[rows.length - 1][0];
  const shown = rows.filter(([epoch]) => epoch % stride === 0 || epoch === last);
  const sketches = shown.map((row) => row.slice(2));
  const gram = sketches.flatMap((a) =>
    sketches.map((b) => a.reduce((sum, value, at) => sum + value * b[at], 0)),
  );
  return { shown, plane: principalPlane(Float64Array.from(gram), shown.length), particles };
}
