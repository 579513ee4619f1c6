// Errors of strings read in pieces, and how many strings no way through the pieces says: no reader could read them.

import { compose, stringAcceptor, viterbiScore } from "../../automata/index.js";
import type { TokenLabels } from "../../data/index.js";
import { PIECE_OUTPUTS, sheetPieces } from "../../models/pieces.js";
import { SequenceMetrics, sequenceMetrics } from "../sequence/metrics.js";
import { tokensOf } from "../sequence/targets.js";
import type { Constants, ImageSize, MetricInfo, Metrics, MetricValues } from "../task.js";
import { grammarIn } from "./grammarNumbers.js";
import { interpretationOf } from "./interpretation.js";
import { batchReadings } from "./reading.js";

export const pieceMetrics: readonly MetricInfo[] = [
  ...sequenceMetrics,
  {
    ...{ name: "withoutPath", better: "lower", unit: "share", trained: true },
    description: "lines whose text no way through their pieces says, over all lines",
  },
];

/** {@link SequenceMetrics} of lines in pieces. */
export class PieceMetrics implements Metrics {
  private readonly strings: SequenceMetrics;
  private images = 0;
  private withoutPath = 0;

  constructor(
    private readonly labels: TokenLabels,
    private readonly constants: Constants,
    private readonly size: ImageSize,
  ) {
    const room = sheetPieces(size);
    const read = (output: Float32Array) =>
      batchReadings(output, labels.vocabulary.length, room, grammarIn(constants));
    this.strings = new SequenceMetrics(labels, read, constants);
  }

  add(output: Float32Array, indices: Int32Array): void {
    this.strings.add(output, indices);
    const { length: tokens } = this.labels.vocabulary;
    const grammar = grammarIn(this.constants);
    const numbers = (tokens + PIECE_OUTPUTS) * sheetPieces(this.size);
    for (const [at, index] of indices.entries()) {
      const { graph } = interpretationOf(output.subarray(at * numbers, (at + 1) * numbers), tokens);
      const string = stringAcceptor(tokensOf(this.labels, index));
      const said = compose(graph, grammar ? compose(string, grammar) : string);
      this.images++;
      if (viterbiScore(said).value === -Infinity) this.withoutPath++;
    }
  }

  values(): MetricValues {
    return { ...this.strings.values(), withoutPath: this.withoutPath / this.images };
  }

  get constant() {
    return this.strings.constant;
  }

  outputs() {
    return this.strings.outputs();
  }
}
