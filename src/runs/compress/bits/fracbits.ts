// Bits that are learned as numbers between the choices, and rounded (Yang and Jin 2020, FracBits, arXiv 2007.02017).

import { bitsByLayer, fractionalBits, roundedBits } from "../../../compress/index.js";
import type { BitChooser } from "./chooser.js";
import { learnBits } from "./relaxed.js";

/** Factor of the learning rate of bits, and what a cost of twice the budget counts beside the loss. */
const [RATE, PENALTY] = [10, 1];

export const fracbits: BitChooser = {
  name: "fracbits",
  source: "Yang and Jin 2020, arXiv 2007.02017",
  measures: "bits before rounding",
  async choose(question) {
    const { plan } = question;
    const learned = await learnBits(question, fractionalBits(plan, RATE), PENALTY);
    if (!learned) return undefined;
    const { bits } = learned;
    return { bits: roundedBits(plan, bits), measure: bitsByLayer(plan, (_, at) => bits[at]) };
  },
};
