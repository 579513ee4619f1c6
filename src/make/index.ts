export { type AmountOptions, amount, amountMaker, amountText } from "./amounts.js";
export { type Digits, digitsOf } from "./glyphs.js";
export { type Line, type LineMaker, type LineReport, writeLines } from "./lines.js";
export { randomMelody } from "./music/melodies.js";
export { type StaveOptions, stave, staveMaker } from "./staves.js";
