// Passes that give a net's layers another structure.

export { fullConvolution } from "./fullConv.js";
export { harmonic } from "./harmonic.js";
export { headOf, type VonMisesOptions, vonMises } from "./vonMises.js";
