// Published functions on which searches are compared: smooth ones, one of parameters that depend on each other, one of
// bits. Their least values are known.

import type { Settings, Space } from "./space.js";
import { parseSpace } from "./spaceText.js";

/** A function to minimise. */
export interface TestFunction {
  readonly name: string;
  /** Paper and year. */
  readonly source: string;
  readonly space: Space;
  /** Its least value. */
  readonly least: number;
  readonly of: (settings: Settings) => number;
}

const numbers = (settings: Settings): number[] => Object.values(settings).map(Number);

const branin: TestFunction = {
  name: "branin",
  source: "Dixon and Szegő 1978",
  space: parseSpace("x=float:-5:10,y=float:0:15"),
  least: 0.39788735772973816,
  of(settings) {
    const [x, y] = numbers(settings);
    const bowl = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
    return bowl ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  },
};

/** Four hills in six dimensions: heights, shapes, places. */
const HEIGHTS = [1, 1.2, 3, 3.2];
const SHAPES = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const PLACES = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

const hartmann: TestFunction = {
  name: "hartmann6",
  source: "Dixon and Szegő 1978",
  space: parseSpace("a=float:0:1,b=float:0:1,c=float:0:1,d=float:0:1,e=float:0:1,f=float:0:1"),
  least: -3.322368011415515,
  of(settings) {
    const x = numbers(settings);
    const hills = HEIGHTS.map((height, hill) => {
      const far = x.reduce(
        (sum, value, at) => sum + SHAPES[hill][at] * (value - PLACES[hill][at]) ** 2,
        0,
      );
      return height * Math.exp(-far);
    });
    return -hills.reduce((sum, hill) => sum + hill, 0);
  },
};

const rosenbrock: TestFunction = {
  name: "rosenbrock",
  source: "Rosenbrock 1960",
  space: parseSpace("a=float:-5:10,b=float:-5:10,c=float:-5:10,d=float:-5:10"),
  least: 0,
  of(settings) {
    const x = numbers(settings);
    return x
      .slice(1)
      .reduce((sum, next, at) => sum + 100 * (next - x[at] ** 2) ** 2 + (1 - x[at]) ** 2, 0);
  },
};

/** A binary tree of depth 3: a number in each leaf, and one that the two leaves of a branch share. */
const tree: TestFunction = {
  name: "tree",
  source: "Jenatton, Archambeau, González and Seeger 2017, ICML",
  space: parseSpace(
    "x1=0|1,x2=0|1?x1=0,x3=0|1?x1=1,r8=float:0:1?x1=0,r9=float:0:1?x1=1," +
      "x4=float:-1:1?x2=0,x5=float:-1:1?x2=1,x6=float:-1:1?x3=0,x7=float:-1:1?x3=1",
  ),
  least: 0.1,
  of(settings) {
    const at = (name: string) => Number(settings[name] ?? 0);
    if (settings["x1"] === 0) {
      return (settings["x2"] === 0 ? at("x4") ** 2 + 0.1 : at("x5") ** 2 + 0.2) + at("r8");
    }
    return (settings["x3"] === 0 ? at("x6") ** 2 + 0.3 : at("x7") ** 2 + 0.4) + at("r9");
  },
};

const BITS = 20;
/** Bits behind it that each bit's share depends on. */
const NEIGHBOURS = 3;

/** A number in [0, 1) for a bit and what it and its neighbours are: a hash, so that any language can have the same. */
function share(bit: number, pattern: number): number {
  let hash = Math.imul(bit * 16 + pattern + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

const nk: TestFunction = {
  name: "nk",
  source: "Kauffman and Weinberger 1989, Journal of Theoretical Biology 141",
  space: parseSpace(`bits=bits:${BITS}`),
  least: 0,
  of(settings) {
    const bits = String(settings["bits"]);
    let sum = 0;
    for (let at = 0; at < BITS; at++) {
      let pattern = 0;
      for (let next = 0; next <= NEIGHBOURS; next++) {
        pattern = 2 * pattern + Number(bits[(at + next) % BITS]);
      }
      sum += share(at, pattern);
    }
    return 1 - sum / BITS;
  },
};

/** Functions of two and six numbers, a curved valley of four, a tree of parameters, and bits that depend on their neighbours. */
export const testFunctions: readonly TestFunction[] = [branin, hartmann, rosenbrock, tree, nk];
