// What is measured: one training step of a model on a batch of random pictures.

/** Pictures of a model: those of the data set that its paper trains on. */
export interface Pictures {
  /** [channels, height, width]. */
  readonly image: readonly [number, number, number];
  readonly classes: number;
}

const MNIST: Pictures = { image: [1, 28, 28], classes: 10 };
const CIFAR: Pictures = { image: [3, 32, 32], classes: 10 };
const IMAGENET: Pictures = { image: [3, 224, 224], classes: 1000 };

const published: Readonly<Record<string, Pictures>> = {
  lenet5: MNIST,
  "lenet5-1998": { ...MNIST, image: [1, 32, 32] },
  "convnet-gn": MNIST,
  resnet18: IMAGENET,
  vgg11: IMAGENET,
  mobilenetv2: IMAGENET,
  efficientnet: IMAGENET,
  "squeezenet1.0": IMAGENET,
  "squeezenet1.1": IMAGENET,
};

/**
 * The pictures of a model by name; variants, as `mobilenetv2-0.5`, share an
 * entry, and models that the table does not name get those of CIFAR-10.
 */
export const picturesOf = (model: string): Pictures =>
  published[model] ?? published[model.split("-")[0]] ?? CIFAR;

/** A step to measure; goes to peers as JSON. */
export interface StepTask extends Pictures {
  readonly model: string;
  readonly batch: number;
  /** Thread counts to choose the fastest from. */
  readonly threads: readonly number[];
  /** Seconds that a peer may spend on finding its fastest setting. */
  readonly tuneSeconds: number;
}

/** The step of a model on pictures of the size that it was published with. */
export function stepTask(
  model: string,
  batch: number,
  settings: Pick<StepTask, "threads" | "tuneSeconds">,
): StepTask {
  return { model, batch, ...picturesOf(model), ...settings };
}
