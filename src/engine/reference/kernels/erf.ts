// The error function to full double precision, which the built-in Math lacks: its Maclaurin-like
// series near zero and the continued fraction of erfc further out (Abramowitz and Stegun 1964,
// 7.1.6 and 7.1.14).

/** erf x = 2 / sqrt(pi) * e^(-x^2) * sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)). */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc x = e^(-x^2) / sqrt(pi) / (x + 1/2 / (x + 1 / (x + 3/2 / (x + ...)))), for x >= 2.5. */
function complement(x: number): number {
  let tail = x;
  for (let n = 60; n > 0; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}

/** Gauss error function of a number. */
export function erf(x: number): number {
  if (!(Math.abs(x) > 2.5)) return x === 0 ? x : series(x);
  return Math.sign(x) * (1 - complement(Math.abs(x)));
}
