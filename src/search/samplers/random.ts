// Random search (Bergstra and Bengio 2012, "Random search for hyper-parameter optimization", JMLR 13).

import { z } from "zod";
import { drawSettings } from "../cube.js";
import { sampler } from "../search.js";

export const randomSearch = sampler({
  name: "random",
  description: "settings drawn at random",
  source: "Bergstra and Bengio 2012, JMLR 13",
  options: z.strictObject({}),
  next: ({ space, number, random }) => ({ settings: drawSettings(space, random(number)) }),
});
