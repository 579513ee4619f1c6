// Bits by the probabilities that each choice is learned to have (Cai and Vasconcelos 2020, EdMIPS, arXiv 2004.05795).

import { allocate, bitsByLayer, costOf, likelyBits } from "../../../compress/index.js";
import type { BitChooser } from "./chooser.js";
import { learnBits } from "./relaxed.js";

export const edmips: BitChooser = {
  name: "edmips",
  source: "Cai and Vasconcelos 2020, arXiv 2004.05795",
  measures: "mean bits",
  async choose(question) {
    const { plan } = question;
    const learned = await learnBits(question, likelyBits(plan));
    if (!learned) return undefined;
    const { shares, bits: mean } = learned;
    // The likeliest bits of all within the budget: of each group the likeliest, where these keep to it.
    const layers = plan.groups.map(({ name, layers: own }, at) => ({
      name,
      choices: plan.choices.map((bits, choice) => ({
        ...{ bits, cost: costOf(plan.cost, own, bits) },
        loss: -Math.log(shares[at][choice]),
      })),
    }));
    const { bits } = allocate(layers, plan.budget);
    return {
      bits: bitsByLayer(plan, ({ name }) => bits.get(name)!),
      measure: bitsByLayer(plan, (_, at) => mean[at]),
    };
  },
};
