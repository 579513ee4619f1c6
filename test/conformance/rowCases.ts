// Cases of ops that work along rows, or on rows by their numbers.

import * as g from "../../src/graph/index.js";
import { type Case, type Operand, use } from "./case.js";

const labels: Operand = { shape: [6], dtype: "i32" };

export const rowCases: readonly Case[] = [
  use("oneHot", "labels, some out of range", [{ ...labels, range: [-1, 5] }], ([x]) =>
    g.oneHot(x, 4),
  ),
  use(
    "takeRows",
    "rows of 5, some out of range",
    [{ ...labels, range: [-1, 5] }, [4, 5]],
    ([at, x]) => g.takeRows(at, x),
  ),
  use(
    "takeRows",
    "numbers of a vector",
    [{ ...labels, shape: [2, 3], range: [0, 7] }, [7]],
    ([at, x]) => g.takeRows(at, x),
  ),
  use("addRows", "rows of [2, 3]", [{ ...labels, range: [-1, 5] }, [6, 2, 3]], ([at, x]) =>
    g.addRows(at, x, 4),
  ),
  use(
    "addRows",
    "numbers",
    [{ ...labels, shape: [40, 30], range: [-1, 17] }, [40, 30]],
    ([at, x]) => g.addRows(at, x, 16),
  ),
  use(
    "addRows",
    "rows longer than a tile",
    [{ ...labels, shape: [3], range: [0, 2] }, [3, 1500]],
    ([at, x]) => g.addRows(at, x, 2),
  ),
  use("kthLargest", "the 5th of 37", [[6, 37]], ([x]) => g.kthLargest(x, 5)),
  use("kthLargest", "the least, of both signs", [{ shape: [2, 3, 9], range: [-20, 20] }], ([x]) =>
    g.kthLargest(x, 9),
  ),
  use("logSoftmax", "rows of 10", [{ shape: [6, 10], range: [-20, 20] }], ([x]) => g.logSoftmax(x)),
  use("logSoftmax", "three axes", [[2, 3, 17]], ([x]) => g.logSoftmax(x)),
];
