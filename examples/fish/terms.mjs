// The task `points` without one of the terms of its loss, to see what each is worth: `--module examples/fish/terms.mjs --task
// points-without-split`.

import { pointsTask } from "convoynet/tasks";

export const tasks = [
  pointsTask({ without: ["split"] }),
  pointsTask({ without: ["falsePositive"] }),
];
