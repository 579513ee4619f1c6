// Kinds of weights files that are recognised by the names of their tensors. A new one is its file and
// one line here.

import type { NameMap } from "./nameMap.js";
import { squeezenetMaps } from "./squeezenet.js";

export type { NameMap } from "./nameMap.js";

/** Every kind. */
export const nameMaps: readonly NameMap[] = [...squeezenetMaps];
