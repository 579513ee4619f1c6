// The registry of projections. A new one is its file, its test and one line here.

import { byName } from "../../text/words.js";
import { principal } from "./principal.js";
import type { Projection } from "./projection.js";
import { tsne } from "./tsne.js";
import { umap } from "./umap.js";

export type { PlanePoints, Projection } from "./projection.js";

/** All projections. */
export const projections: readonly Projection[] = [principal, tsne, umap];

/**
 * The projection with a name; throws an `InputError` when there is none.
 *
 * @example
 * const { points } = await getProjection("pca").project(matrixOf([[0, 0], [0, 2], [1, 1]]));
 * [points.rows, points.columns]; // [3, 2]
 */
export const getProjection = (name: string): Projection => byName("method", name, projections);
