// What the site shows, and in which order: pages by their paths in the project. A test sees to it that no page is left out.

/** Pages under a heading. */
export interface Section {
  readonly title: string;
  readonly pages: readonly (readonly [title: string, path: string])[];
}

export const sections: readonly Section[] = [
  {
    title: "Start",
    pages: [
      ["What it is", "README.md"],
      ["Installing", "docs/installing.md"],
      ["Training", "docs/training.md"],
      ["Your data", "docs/data.md"],
      ["The studio", "docs/studio.md"],
      ["From PyTorch, Keras, tfjs, Ultralytics", "docs/coming-from.md"],
      ["From programs", "docs/library.md"],
    ],
  },
  {
    title: "Tasks",
    pages: [
      ["Several things in an image", "docs/tags.md"],
      ["Two classes", "docs/two-classes.md"],
      ["Boxes", "docs/boxes.md"],
      ["Outlines", "docs/outlines.md"],
      ["Counting", "docs/counting.md"],
      ["Reading", "docs/reading.md"],
      ["When labels are few", "docs/features.md"],
      ["Small data", "docs/small-data.md"],
    ],
  },
  {
    title: "Nets",
    pages: [
      ["Models", "docs/models.md"],
      ["Given weights", "docs/pretrained.md"],
      ["Augmentation", "docs/augmentation.md"],
      ["Optimizers", "docs/optimizers.md"],
      ["Feature selection", "docs/selection.md"],
      ["Automata", "docs/automata.md"],
    ],
  },
  {
    title: "Swarms and comparisons",
    pages: [
      ["Swarms", "docs/swarms.md"],
      ["Several processes", "docs/distributed.md"],
      ["By NATS", "docs/distributed-nats.md"],
      ["Comparing methods", "docs/comparing.md"],
      ["Tuning", "docs/tuning.md"],
      ["Searching an architecture", "docs/architecture-search.md"],
    ],
  },
  {
    title: "Small and fast",
    pages: [
      ["Compression", "docs/compression.md"],
      ["What it costs", "docs/cost.md"],
      ["Export and import", "docs/export.md"],
      ["Serving", "docs/serving.md"],
      ["Memory", "docs/memory.md"],
      ["Engines", "docs/engines.md"],
      ["Performance", "docs/performance.md"],
    ],
  },
  {
    title: "Methods",
    pages: [
      ["Particle swarms", "docs/methods/pso.md"],
      ["Gossip", "docs/methods/gossip.md"],
      ["Local SGD", "docs/methods/local-sgd.md"],
      ["Replicas", "docs/methods/replicas.md"],
      ["Parle", "docs/methods/parle.md"],
      ["Entropy-SGD", "docs/methods/entropy-sgd.md"],
      ["Flatness", "docs/methods/flatness.md"],
      ["SAM", "docs/methods/sam.md"],
      ["Lookahead", "docs/methods/lookahead.md"],
      ["Large batches", "docs/methods/large-batch.md"],
      ["RMTR", "docs/methods/rmtr.md"],
      ["Partition", "docs/methods/partition.md"],
      ["COMET", "docs/methods/comet.md"],
      ["Compressed gradients", "docs/methods/compressed-gradients.md"],
      ["Pruning", "docs/methods/pruning.md"],
      ["Quantisation", "docs/methods/quantisation.md"],
      ["Distillation", "docs/methods/distillation.md"],
      ["Local aggregation", "docs/methods/local-aggregation.md"],
    ],
  },
  {
    title: "Results",
    pages: [
      ["Cooperative training", "docs/results/cooperative.md"],
      ["Compression", "docs/results/compression.md"],
      ["Augmentation", "docs/results/augmentation.md"],
      ["Tuning", "docs/results/tuning.md"],
      ["Search", "docs/results/search.md"],
      ["Reading", "docs/results/reading.md"],
      ["Seeing", "docs/results/seeing.md"],
      ["Tasks", "docs/results/tasks.md"],
      ["Feature selection", "docs/results/selection.md"],
      ["Costs", "docs/results/cost.md"],
      ["Toolbox", "docs/results/toolbox.md"],
    ],
  },
  {
    title: "The project",
    pages: [
      ["What it can do", "FEATURES.md"],
      ["Changes", "CHANGELOG.md"],
      ["Architecture", "ARCHITECTURE.md"],
      ["Contributing", "CONTRIBUTING.md"],
      ["Dependencies", "docs/dependencies.md"],
    ],
  },
];
