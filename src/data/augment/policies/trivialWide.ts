// TrivialAugment with wide ranges, which its authors advise for larger nets.

import type { Policy } from "./policy.js";
import { namedRanges } from "./ranges.js";
import { trivial } from "./trivial.js";

export const trivialWide: Policy = { ...trivial, name: "trivial-wide", ranges: namedRanges.wide };
