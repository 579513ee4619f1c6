// Training behind a frozen part: each image goes through that part once, and the epochs go over what came of it.

import { cacheFolder, type Dataset } from "../data/index.js";
import type { Engine, Vector } from "../engine/engine.js";
import { RowsFile } from "../files/rowsFile.js";
import { type Cut, cutOf } from "../nn/index.js";
import { predictionGraph } from "../tasks/index.js";
import { sizeOf } from "../tensor/shape.js";
import { Forward } from "./forward.js";
import type { Prepared } from "./prepare.js";

/** Images that go through the frozen part at a time. */
const BATCH = 64;

/** A run on features in place of images. */
export interface Kept {
  readonly prepared: Prepared;
  /** The parameters of the whole net, once there are any. */
  use(w: Vector): void;
  /** Works out what training needs, asking now and then whether to go on; where it did not, another call begins anew. */
  fill(proceed: () => boolean): Promise<void>;
  close(): void;
}

/**
 * Where features can be kept; not where images differ from epoch to epoch, a teacher looks at them, or passes change the
 * net.
 */
function placeOf({ config, question }: Prepared): Cut | undefined {
  const { freeze, augment, teacher } = config;
  const same = freeze !== undefined && augment === "" && teacher === undefined;
  return same && !question.model.passes ? cutOf(question.model) : undefined;
}

/** A run whose frozen part is worked out once for each image, when it is first needed; the run as it is where that cannot be. */
export function keepFeatures(prepared: Prepared, engine: Engine): Kept {
  const cut = placeOf(prepared);
  if (!cut) {
    const nothing = () => undefined;
    return { prepared, use: nothing, fill: async () => undefined, close: nothing };
  }
  const { question, splits, net, onProgress } = prepared;
  const { model } = question;
  const first = { ...model, passes: [cut.before] };
  const forward = new Forward(engine, (batch) => predictionGraph(first, batch).graph, net, BATCH);
  const width = sizeOf(cut.shape);
  let w: Vector | undefined;
  const opened: RowsFile[] = [];
  const keep = (dataset: Dataset) => {
    const { length: total } = dataset;
    const rows = new RowsFile(cacheFolder(), width, (add, proceed) => {
      let done = 0;
      const use = (output: Float32Array) => {
        add(output);
        done += output.length / width;
        onProgress?.({ stage: "features", done, total });
      };
      return forward.run(w!, dataset, use, proceed);
    });
    opened.push(rows);
    return { ...dataset, rows };
  };
  const { selection, test, ...rest } = splits;
  const train = keep(splits.train);
  return {
    prepared: {
      ...prepared,
      question: { ...question, model: { ...model, passes: [cut.after] } },
      splits: {
        ...rest,
        train,
        selection: keep(selection),
        ...(test && { test: keep(test) }),
      },
    },
    use: (of) => {
      w = of;
    },
    fill: (proceed) => train.rows.fill(proceed),
    close: () => {
      for (const rows of opened) rows.close();
    },
  };
}
