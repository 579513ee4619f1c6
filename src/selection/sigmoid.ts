/** The logistic function: what a velocity says of the chance that a bit is 1. */
export const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
