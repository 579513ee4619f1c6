// The four sets of the check, and the settings of their trainings: small, so that the whole check takes an
// hour of two cores.

/** Eight rates from 0.001 to 1, each 2.7 times the one before it; none but the last is one that is tried. */
export const sweepRates = Array.from({ length: 8 }, (_, at) =>
  Number((0.001 * 1000 ** (at / 7)).toPrecision(3)),
);

/**
 * @param paths of the folders: `cifar` with the binary batches, `pneumonia` with the npz file of MedMNIST,
 * `photos` with a few photographs in `train/CLASS/` and more in `test/CLASS/`
 */
export const sets = ({ cifar, pneumonia, photos }) => [
  { name: "MNIST", seeds: 8, settings: { data: "mnist", train: 2000, epochs: 3 } },
  { name: "PneumoniaMNIST", seeds: 8, settings: { data: pneumonia, epochs: 3 } },
  { name: "CIFAR-10", seeds: 6, settings: { data: cifar, train: 5000, epochs: 5 } },
  {
    name: "84 photos",
    seeds: 24,
    settings: { data: photos, size: 32, batch: 8, epochs: 20 },
  },
];
