// No selection: all features, which any selection is measured against.

import { maskOf, type Selector } from "./selector.js";

/** Keeps every feature. */
export const none: Selector = {
  name: "none",
  description: "all features",
  source: "",
  defaults: {},
  search({ fitness: { columns }, fitness }) {
    fitness.of(maskOf(Array(columns).keys(), columns));
  },
};
