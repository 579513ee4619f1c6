// Sets of the published benchmark that go by a name: which images, and how they are augmented.

import type { TrainSettings } from "../../train/index.js";

/** A published set. */
export interface PublishedSet {
  readonly name: string;
  readonly perClass: number;
  /** What it sets where nobody says otherwise. */
  readonly settings: Partial<TrainSettings> & Pick<TrainSettings, "data">;
}

/** Their triples are the first images of each class, then the next ones, as the source has them in its official files. */
export const publishedSets: readonly PublishedSet[] = [
  { name: "cifair10-50", perClass: 50, settings: { data: "cifar10", augment: "crop,flip" } },
];
