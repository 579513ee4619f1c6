// Bits that are learned as numbers between the choices, and rounded (Yang and Jin 2020, FracBits, arXiv 2007.02017).

import { bitsByLayer, fractionalBits, roundedBits } from "../../../compress/index.js";
import type { BitChooser } from "./chooser.js";
import { learnBits } from "./relaxed.js";

export const fracbits: BitChooser = {
  name: "fracbits",
  source: "Yang and Jin 2020, arXiv 2007.02017",
  measures: "bits before rounding",
  async choose(question) {
    const { plan } = question;
    const learned = await learnBits(question, fractionalBits(plan));
    if (!learned) return undefined;
    const { bits } = learned;
    return { bits: roundedBits(plan, bits), measure: bitsByLayer(plan, (_, at) => bits[at]) };
  },
};
