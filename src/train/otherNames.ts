// What other programs call the settings of a run, for who types those names here.

import type { TrainConfig } from "./config.js";

const names = {
  data: ["dataset", "dataDir"],
  model: ["arch", "architecture", "network", "backbone"],
  pretrained: ["weights", "checkpoint", "init"],
  out: ["output", "outputDir", "outDir", "saveDir", "folder", "dir", "name", "project"],
  epochs: ["maxEpochs", "numEpochs", "nEpochs"],
  steps: ["maxSteps", "iterations", "iters"],
  batch: ["batchSize", "bs", "perDeviceTrainBatchSize"],
  accumulate: ["gradientAccumulationSteps", "accumulateGradBatches"],
  teacher: ["teacherModel", "teacherWeights"],
  distil: ["distill", "distillation", "kd", "temperature"],
  loss: ["lossFunction", "objective"],
  quantise: ["quantize", "qat", "quantization", "quantisation"],
  lr: ["learningRate", "lr0", "eta", "alpha"],
  decay: ["weightDecay", "wd", "l2"],
  hyper: ["momentum", "beta1", "beta2", "betas", "epsilon"],
  optimizer: ["optimiser", "solver"],
  schedule: ["scheduler", "lrScheduler", "lrSchedule", "lrSchedulerType", "cosLr"],
  warmup: ["warmupEpochs"],
  augment: ["augmentation", "augmentations", "transform", "transforms"],
  size: ["imageSize", "imgSize", "imgsz", "inputSize", "resolution", "height", "width"],
  labelSmoothing: ["smoothing"],
  selection: ["validation", "validationSplit", "valSplit", "val", "fraction"],
  score: ["metric", "monitor", "metricForBestModel"],
  patience: ["earlyStopping", "earlyStoppingPatience"],
  minutes: ["timeLimit", "maxTime"],
  seed: ["randomSeed", "randomState", "rngSeed"],
  threads: ["workers", "numWorkers", "jobs", "cpus"],
  engine: ["device", "backend", "accelerator"],
  particles: ["nets", "agents", "population", "swarmSize"],
  swarm: ["strategy"],
} as const satisfies Partial<Record<keyof TrainConfig, readonly string[]>>;

const settings: ReadonlyMap<string, string> = new Map(
  Object.entries(names).flatMap(([setting, others]) =>
    others.map((other) => [other, setting] as const),
  ),
);

/** The setting that is called so elsewhere; `undefined` when none is known to be. */
export const settingCalled = (name: string): string | undefined => settings.get(name);
