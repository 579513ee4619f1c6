import type { Sampler } from "../search.js";
import { asha } from "./asha.js";
import { cmaes } from "./cmaes.js";
import { evolution } from "./evolution.js";
import { grid } from "./grid.js";
import { halton } from "./halton.js";
import { hyperband } from "./hyperband.js";
import { nsga2 } from "./nsga2.js";
import { population } from "./population.js";
import { randomSearch } from "./random.js";
import { swarm } from "./swarm.js";
import { tpe } from "./tpe.js";

/** All samplers. */
export const samplers: readonly Sampler[] = [
  tpe,
  asha,
  hyperband,
  evolution,
  cmaes,
  swarm,
  nsga2,
  population,
  halton,
  grid,
  randomSearch,
];
