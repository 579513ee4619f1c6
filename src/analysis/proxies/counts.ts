// What every proxy has to beat: the size of a net alone. White, Khodak, Tu, Shah, Bubeck and Dey 2022 ("A deeper look at
// zero-cost proxies for lightweight NAS") found few that do.

import { summarise } from "../../models/index.js";
import type { ZeroCostProxy } from "./proxy.js";

const source = "White et al. 2022, ICLR blog track";

export const params: ZeroCostProxy = {
  name: "params",
  description: "trainable parameters; a baseline",
  source,
  score: async ({ model }) => summarise(model).params,
};

export const macs: ZeroCostProxy = {
  name: "macs",
  description: "operations on one image; a baseline",
  source,
  score: async ({ model }) => summarise(model).flops,
};
