// The verbs of the command line. A new one is its file and one line here; only the file of the verb
// that was typed is loaded.

import type { Command } from "commander";
import type { Console } from "./console.js";

/** A verb: adds its arguments, options and action to its command. */
export interface Verb {
  define(command: Command, console: Console, all: readonly VerbEntry[]): void;
}

/** A verb's line in the help, and where it lies. */
export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  /** A line to type. */
  readonly example: string;
  load(): Promise<Verb>;
}

export const verbs: readonly VerbEntry[] = [
  {
    name: "demo",
    example: "convoy demo",
    summary: "train a swarm of four LeNet-5 on all of MNIST",
    load: () => import("./demo.js"),
  },
  {
    name: "train",
    example: "convoy train mnist --model lenet5 --epochs 5 --out runs/a",
    summary: "train a model on a data set, or go on with a run",
    load: () => import("./train.js"),
  },
  {
    name: "worker",
    example: "convoy worker --exchange folder:/mnt/shared/s",
    summary: "take particles of a swarm that many processes train",
    load: () => import("./worker.js"),
  },
  {
    name: "swarm",
    example: "convoy swarm folder:/mnt/shared/s",
    summary: "show who trains a swarm of many processes, and how far each is",
    load: () => import("./swarm.js"),
  },
  {
    name: "launch",
    example: "convoy launch slurm --exchange folder:/mnt/shared/s --particles 16 > job.sh",
    summary: "print the file by which a cluster starts a swarm's processes",
    load: () => import("./launch.js"),
  },
  {
    name: "simulate",
    example:
      "convoy simulate resnet50 --swarm pso --particles 64 --epoch 20m --rate 100MB --place 1GB",
    summary: "what a swarm of many processes would send, keep and wait for",
    load: () => import("./simulate.js"),
  },
  {
    name: "compare",
    example: "convoy compare mnist --train 2000 --methods single,pso --seeds 5 --out runs/cmp",
    summary: "compare training methods under equal budgets",
    load: () => import("./compare.js"),
  },
  {
    name: "benchmark",
    example:
      "convoy benchmark small-data cifair10-50 --methods harmonic,cosine --out studies/small",
    summary: "compare methods by a published protocol, each with settings that were searched",
    load: () => import("./benchmark.js"),
  },
  {
    name: "tune",
    example:
      "convoy tune mnist --search lr=log:1e-4:0.3,batch=16|32|64 --sampler asha --trials 40 --out studies/a",
    summary:
      "search settings and augmentation, find a learning rate, measure what batch size pays, choose thresholds",
    load: () => import("./tune.js"),
  },
  {
    name: "study",
    example: "convoy study studies/a",
    summary: "tell what a search of settings has found",
    load: () => import("./study.js"),
  },
  {
    name: "studio",
    example: "convoy studio runs",
    summary: "show runs in a page while they go on",
    load: () => import("./studio.js"),
  },
  {
    name: "eval",
    example: "convoy eval runs/a --draw worst",
    summary: "measure a run's best weights on its test set",
    load: () => import("./eval.js"),
  },
  {
    name: "flatness",
    example: "convoy flatness runs/a",
    summary: "measure how flat the minimum is that a run found",
    load: () => import("./flatness.js"),
  },
  {
    name: "predict",
    example: "convoy predict runs/a photo.png --json",
    summary: "tell what a run's best weights say of images",
    load: () => import("./predict.js"),
  },
  {
    name: "serve",
    example: "convoy serve runs/a --port 8080",
    summary: "answer about images over HTTP",
    load: () => import("./serve.js"),
  },
  {
    name: "features",
    example: "convoy features runs/a ./photos --out features.npz",
    summary: "write what a run's net makes of images, for other programs",
    load: () => import("./features.js"),
  },
  {
    name: "neighbours",
    example: "convoy neighbours runs/a ./photos --of odd.jpg",
    summary: "find images that are alike for a run's net, and images like no other",
    load: () => import("./neighbours.js"),
  },
  {
    name: "map",
    example: "convoy map runs/a ./photos --method tsne --out map.svg",
    summary: "draw where images lie for a run's net",
    load: () => import("./map.js"),
  },
  {
    name: "probe",
    example: "convoy probe runs/a ./labelled --labels 10,50,all",
    summary: "measure what a run's features are worth where labels are few",
    load: () => import("./probe.js"),
  },
  {
    name: "encode",
    example: "convoy encode pca ./photos --out codes.npz",
    summary: "fit an encoder to images without labels, and write codes of images",
    load: () => import("./encode.js"),
  },
  {
    name: "compress",
    example: "convoy compress runs/a --int8 --out runs/a-int8",
    summary: "make a smaller net of a run, and tell what it lost",
    load: () => import("./compress.js"),
  },
  {
    name: "report",
    example: "convoy report runs/a",
    summary: "write what a run came to as one HTML file, or as a model card",
    load: () => import("./report.js"),
  },
  {
    name: "export",
    example: "convoy export runs/a --format onnx --out net.onnx",
    summary: "write a run's net for other programs: ONNX, safetensors, a folder that predicts",
    load: () => import("./export.js"),
  },
  {
    name: "score",
    example: "convoy score runs/s staff.png --out melody.musicxml",
    summary: "read a staff of music, and write it as MusicXML or MIDI",
    load: () => import("./score.js"),
  },
  {
    name: "make",
    example: "convoy make amounts --touch 0.3 --count 4000 --out amounts",
    summary: "make data sets of lines to read",
    load: () => import("./make.js"),
  },
  {
    name: "summary",
    example: "convoy summary resnet20",
    summary: "list a model's layers, parameters and work",
    load: () => import("./summary.js"),
  },
  {
    name: "cost",
    example: "convoy cost resnet18 --dataflow row-stationary",
    summary: "tell what layers cost: work, bytes, time by a roofline, energy by dataflow",
    load: () => import("./cost.js"),
  },
  {
    name: "data",
    example: "convoy data preview ./photos --augment trivial,crop,flip",
    summary: "look at data sets, take frames of videos",
    load: () => import("./data.js"),
  },
  {
    name: "select",
    example: "convoy select features.npz --out runs/sel",
    summary: "compare selections of features by nested folds",
    load: () => import("./select.js"),
  },
  {
    name: "setup",
    example: "convoy setup",
    summary: "build the native engine on this machine",
    load: () => import("./setup.js"),
  },
  {
    name: "doctor",
    example: "convoy doctor",
    summary: "report what this machine has and lacks",
    load: () => import("./doctor.js"),
  },
  {
    name: "completion",
    example: "convoy completion bash",
    summary: "let a shell complete the words of this command line",
    load: () => import("./completion.js"),
  },
  {
    name: "bench",
    example: "convoy bench step --models resnet20",
    summary: "measure speed, beside other libraries",
    load: () => import("./bench.js"),
  },
];
