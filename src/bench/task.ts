// What is measured: work of a model on a batch of random images.

/** Images of a model: those of the data set that its paper trains on. */
export interface Images {
  /** [channels, height, width]. */
  readonly image: readonly [number, number, number];
  readonly classes: number;
}

const MNIST: Images = { image: [1, 28, 28], classes: 10 };
const CIFAR: Images = { image: [3, 32, 32], classes: 10 };
const IMAGENET: Images = { image: [3, 224, 224], classes: 1000 };

const published: Readonly<Record<string, Images>> = {
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
 * The images of a model by name; variants, as `mobilenetv2-0.5`, share an
 * entry, and models that the table does not name get those of CIFAR-10.
 */
export const imagesOf = (model: string): Images =>
  published[model] ?? published[model.split("-")[0]] ?? CIFAR;

/**
 * What is measured: a training step of one net, the forward pass of one net, or a training step of each of
 * several nets that share the machine.
 */
export type Work = "step" | "infer" | "swarm";

/** Work to measure; goes to peers as JSON. */
export interface Task extends Images {
  readonly work: Work;
  readonly model: string;
  /** Images that each net sees at once. */
  readonly batch: number;
  /** Nets that work side by side or in turn, as whoever runs them finds best. */
  readonly nets: number;
  /** Most memory of each training program, as `300MB`; peers do without. */
  readonly memory?: string;
  /** Thread counts to choose the fastest from. */
  readonly threads: readonly number[];
  /** Seconds that a peer may spend on finding its fastest setting. */
  readonly tuneSeconds: number;
}

/** What a task is made of; images have the size that the model was published with unless one is given. */
export interface TaskOptions extends Omit<Task, keyof Images> {
  /** Height and width of the images. */
  readonly size?: number;
}

/** Work of a model on images of its own kind. */
export function taskOf({ size, ...task }: TaskOptions): Task {
  const { image, classes } = imagesOf(task.model);
  const [channels, height, width] = image;
  return { ...task, image: [channels, size ?? height, size ?? width], classes };
}
