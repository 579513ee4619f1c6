// What a line says, read by a net that knows single signs: the line is cut into candidate pieces, the net says of each which
// token it shows or that it is none, and a graph of all cuts and tokens is searched under a grammar. Net and graph are trained
// together from strings alone (graph transformer networks: LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning
// applied to document recognition", doi 10.1109/5.726791).

import { compose, stringAcceptor, viterbiScore } from "../../automata/index.js";
import {
  cutColumns,
  type Dataset,
  mostPieces,
  PIECE_SIDE,
  type TokenLabels,
  withChannels,
} from "../../data/index.js";
import type { Buffer } from "../../engine/engine.js";
import { InputError } from "../../inputError.js";
import { PIECE_OUTPUTS, piecesName, sheetPieces } from "../../models/pieces.js";
import type { ReadLines } from "../sequence/reading.js";
import { leastOf, RejectTuner } from "../sequence/rejection.js";
import { ofStrings, type Placement, predictionOf } from "../sequence/strings.js";
import { TOKENS, tokensOf } from "../sequence/targets.js";
import type { Constants, HostLoss, ImageSize, Task } from "../task.js";
import { criteria, stringLoss } from "./criteria.js";
import { grammarIn, grammarNumbers } from "./grammarNumbers.js";
import { interpretationOf } from "./interpretation.js";
import { PieceMetrics, pieceMetrics } from "./metrics.js";
import { batchReadings, placedTokens } from "./reading.js";
import { piecesFor, pieceTargets, tokensIn } from "./targets.js";

/** Squares below each other, as many as the line with the most pieces has. */
function inputSize(dataset: Dataset<TokenLabels>, side = PIECE_SIDE): ImageSize {
  const { images } = withChannels(dataset, 1);
  return { height: side * mostPieces(images, side), width: side };
}

const criterionIn = ({ criterion: [number] = [0] }: Constants) => criteria[number];

const readLines =
  ({ vocabulary }: TokenLabels, constants: Constants, size: ImageSize): ReadLines =>
  (output) =>
    batchReadings(output, vocabulary.length, sheetPieces(size), grammarIn(constants));

/** Losses of a batch; a line that no path says costs nothing and teaches nothing. */
function hostLoss(output: Float32Array, tokens: Buffer, n: number, constants: Constants): HostLoss {
  const [criterion, grammar] = [criterionIn(constants), grammarIn(constants)];
  const [each, room] = [output.length / n, tokens.length / n];
  const names = each / piecesFor(room) - PIECE_OUTPUTS;
  const gradient = new Float32Array(output.length);
  const losses = new Float32Array(n);
  let withoutPath = 0;
  for (let at = 0; at < n; at++) {
    const line = interpretationOf(output.subarray(at * each, (at + 1) * each), names);
    const into = gradient.subarray(at * each, (at + 1) * each);
    const truth = tokensIn(tokens, at, room);
    const loss = stringLoss(line, truth, criterion, grammar, into, 1 / n);
    if (loss === Infinity) withoutPath++;
    else losses[at] = loss;
  }
  return { losses, gradient, tallies: { withoutPath } };
}

/** Refuses a grammar that does not know what a training line says. */
function checkGrammar({ name, ids, length, labels }: Dataset<TokenLabels>, constants: Constants) {
  const grammar = grammarIn(constants);
  if (!grammar) return;
  for (let at = 0; at < length; at++) {
    const tokens = tokensOf(labels, at);
    if (viterbiScore(compose(stringAcceptor(tokens), grammar)).value > -Infinity) continue;
    const text = Array.from(tokens, (token) => labels.vocabulary[token]).join(" ");
    throw new InputError(
      `${ids?.[at] ?? `${name}: image ${at}`}: the grammar does not accept its text, ${text}; mend the text or the grammar`,
    );
  }
}

/** {@link sequence} of a line that is cut into pieces. */
export const pieces: Task<TokenLabels> = {
  ...ofStrings,
  name: "pieces",
  description: "what a line says, cut into candidate pieces that a net recognises (GTN)",
  output: "pieces",
  channels: 1,
  modelFor: piecesName,
  defaults: {
    model: "lenet5",
    size: PIECE_SIDE,
    segmenter: "overcut",
    optimizer: "adamw",
    lr: 0.001,
  },
  inputSize,
  criteria: Object.fromEntries(criteria.map(({ name, description }) => [name, description])),
  constants({ vocabulary }, { criterion = criteria[0].name, grammar } = {}) {
    return {
      criterion: [criteria.findIndex(({ name }) => name === criterion)],
      ...(grammar && { grammar: grammarNumbers(grammar, vocabulary) }),
    };
  },
  checkConstants: checkGrammar,
  targets: pieceTargets,
  hostLoss: (output, { [TOKENS]: tokens }, n, constants) => hostLoss(output, tokens, n, constants),
  trainMetrics: ({ withoutPath }, images) => ({ withoutPath: withoutPath / images }),
  metrics: pieceMetrics,
  newMetrics: (labels, constants, size) => new PieceMetrics(labels, constants, size),
  newTuner: (labels, constants, size) =>
    new RejectTuner(labels, readLines(labels, constants, size)),
  decode(
    output,
    { names, constants, size, imageAt },
    { confidence: least = leastOf(constants) } = {},
  ) {
    const room = sheetPieces(size);
    const read = batchReadings(output, names.length, room, grammarIn(constants));
    return Array.from(read, ({ line, readings }, at) => {
      const image = imageAt?.(at);
      const columns = image && cutColumns(image, size.width, room);
      const symbols = placedTokens(line, readings[0].tokens).map(
        ({ token, from, to }): Placement => ({
          token: names[token],
          left: columns?.[from] ?? from,
          right: columns?.[to] ?? to,
        }),
      );
      return predictionOf(readings, names, least, symbols);
    });
  },
};
