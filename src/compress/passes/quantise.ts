// Quantised weights and images in a net that can be trained; see ../quantise.ts.

import { quantisationSettings } from "../quantisation.js";
import { quantise } from "../quantise.js";
import { startQuantisers } from "../startQuantisers.js";
import { passKind } from "./pass.js";

export const quantisePass = passKind({
  name: "quantise",
  settings: quantisationSettings,
  trains: true,
  hides: true,
  make: quantise,
  start: startQuantisers,
});
