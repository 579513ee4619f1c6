// The four sets of the check, and the settings of their trainings: small, so that all of it takes an hour of two
// cores. Results do not depend on the number of threads; nets this small gain nothing by a second one.

/** Eight rates from 0.001 to 1, each 2.7 times the one before it. */
export const sweepRates = Array.from({ length: 8 }, (_, at) =>
  Number((0.001 * 1000 ** (at / 7)).toPrecision(3)),
);

/**
 * @param paths of the data: `cifar`, the folder of the binary batches; `pneumonia`, the npz file of MedMNIST; `photos`,
 * 84 photographs in `train/CLASS/` and more of the same classes in `test/CLASS/`
 */
export const sets = ({ cifar, pneumonia, photos }) => [
  { name: "MNIST", seeds: 8, settings: { data: "mnist", train: 2000, epochs: 3, threads: 1 } },
  { name: "PneumoniaMNIST", seeds: 8, settings: { data: pneumonia, epochs: 3, threads: 1 } },
  {
    name: "CIFAR-10",
    seeds: 6,
    settings: { data: cifar, train: 5000, epochs: 5, threads: 1 },
  },
  {
    name: "84 photos",
    seeds: 24,
    settings: { data: photos, size: 32, batch: 8, epochs: 20, threads: 1 },
  },
];
