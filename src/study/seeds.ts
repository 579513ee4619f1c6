// Seeds of a study's runs.

/** Seeds for tuning begin this much later than those that are compared; so many a comparison may have. */
export const TUNING_OFFSET = 1000;

/** Seeds counted from a first one. */
export const countFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => first + at);
