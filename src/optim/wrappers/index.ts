// The wrappers by name. A new one is its file, a row in the tests' table and one line here.

import { ema, swa } from "./averaging.js";
import { adaptiveClip, clipNorm, clipValue } from "./clipping.js";
import { grow } from "./grow.js";
import { lookahead } from "./lookahead.js";
import { sam } from "./sam.js";
import { slim } from "./slim.js";
import type { Wrapper } from "./wrapper.js";

export type { Changes, Wrapper } from "./wrapper.js";

const all: readonly Wrapper[] = [
  lookahead,
  sam,
  ema,
  swa,
  clipValue,
  clipNorm,
  adaptiveClip,
  grow,
  slim,
];

/** Every wrapper. */
export const wrappers = (): readonly Wrapper[] => all;
