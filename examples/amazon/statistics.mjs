// The branch without a net: colours, vegetation and texture of a chip in a few numbers, and a logistic regression for each
// tag.

import { readerOf } from "convoynet/data";
import { logistic, matrixOf, standardise } from "convoynet/estimators";

const BANDS = 4;
const [RED, NEAR_INFRARED] = [0, 3];

/** Mean, standard deviation, and percentiles 5, 50 and 95 of numbers. */
function spread(values) {
  const sorted = Float64Array.from(values).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const square = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length;
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return [mean, Math.sqrt(square), at(0.05), at(0.5), at(0.95)];
}

/** The statistics of each chip. `range` says what the bytes stand for, which a ratio of bands needs. */
function tableOf({ images, length }, range) {
  const limits = range.split(",").map((pair) => pair.split("-").map(Number));
  const reader = readerOf(images, BANDS);
  const rows = Array.from({ length }, (_, image) => {
    const bytes = reader.read(image);
    const width = images.sizes[2 * image + 1];
    const planes = limits.map(([low, high], band) =>
      Float64Array.from(
        { length: bytes.length / BANDS },
        (_, at) => low + ((high - low) * bytes[at * BANDS + band]) / 255,
      ),
    );
    const [red, infrared] = [planes[RED], planes[NEAR_INFRARED]];
    const vegetation = red.map((value, at) => (infrared[at] - value) / (infrared[at] + value));
    return [...planes, vegetation].flatMap((plane) => {
      const steps = plane.map((value, at) =>
        at % width === 0 ? 0 : Math.abs(value - plane[at - 1]),
      );
      return [...spread(plane), ...spread(steps).slice(0, 2)];
    });
  });
  reader.close();
  return matrixOf(rows);
}

/** Probabilities of every tag of the images of other parts, row by row, by what the training part teaches. */
export function byStatistics({ train, ...others }, range) {
  const { classes, of } = train.labels;
  const features = tableOf(train, range);
  const scale = standardise(features);
  const scaled = scale.transform(features);
  const fitted = classes.map((_, tag) =>
    logistic.fit(
      scaled,
      Int32Array.from({ length: train.length }, (_, at) => of[at * classes.length + tag]),
    ),
  );
  return Object.fromEntries(
    Object.entries(others).map(([part, dataset]) => {
      const asked = scale.transform(tableOf(dataset, range));
      // Scores of two classes: that the tag is not there, and that it is.
      const columns = fitted.map((one) => one.scores(asked).data);
      const all = Array.from({ length: dataset.length }, (_, at) =>
        columns.map((scores) => scores[2 * at + 1]),
      );
      return [part, all.flat()];
    }),
  );
}
