// The verbs of the command line. A new one is its file and one line here; only the file of the verb
// that was typed is loaded.

import type { Command } from "commander";
import type { Console } from "./console.js";

/** A verb: adds its arguments, options and action to its command. */
export interface Verb {
  define(command: Command, console: Console): void;
}

/** A verb's line in the help, and where it lies. */
export interface VerbEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Verb>;
}

export const verbs: readonly VerbEntry[] = [
  {
    name: "demo",
    summary: "train a swarm of four LeNet-5 on all of MNIST",
    load: () => import("./demo.js"),
  },
  {
    name: "train",
    summary: "train a model on a data set, or go on with a run",
    load: () => import("./train.js"),
  },
  {
    name: "worker",
    summary: "take particles of a swarm that many processes train",
    load: () => import("./worker.js"),
  },
  {
    name: "compare",
    summary: "compare training methods under equal budgets",
    load: () => import("./compare.js"),
  },
  {
    name: "benchmark",
    summary: "compare methods by a published protocol, each with settings that were searched",
    load: () => import("./benchmark.js"),
  },
  {
    name: "tune",
    summary:
      "search settings and augmentation, find a learning rate, measure what batch size pays, choose thresholds",
    load: () => import("./tune.js"),
  },
  {
    name: "study",
    summary: "tell what a search of settings has found",
    load: () => import("./study.js"),
  },
  {
    name: "studio",
    summary: "show runs in a page while they go on",
    load: () => import("./studio.js"),
  },
  {
    name: "eval",
    summary: "measure a run's best weights on its test set",
    load: () => import("./eval.js"),
  },
  {
    name: "flatness",
    summary: "measure how flat the minimum is that a run found",
    load: () => import("./flatness.js"),
  },
  {
    name: "predict",
    summary: "tell what a run's best weights say of images",
    load: () => import("./predict.js"),
  },
  {
    name: "serve",
    summary: "answer about images over HTTP",
    load: () => import("./serve.js"),
  },
  {
    name: "features",
    summary: "write what a run's net makes of images, for other programs",
    load: () => import("./features.js"),
  },
  {
    name: "neighbours",
    summary: "find images that are alike for a run's net, and images like no other",
    load: () => import("./neighbours.js"),
  },
  {
    name: "probe",
    summary: "measure what a run's features are worth where labels are few",
    load: () => import("./probe.js"),
  },
  {
    name: "encode",
    summary: "fit an encoder to images without labels, and write codes of images",
    load: () => import("./encode.js"),
  },
  {
    name: "compress",
    summary: "make a smaller net of a run, and tell what it lost",
    load: () => import("./compress.js"),
  },
  {
    name: "report",
    summary: "write what a run came to as one HTML file, or as a model card",
    load: () => import("./report.js"),
  },
  {
    name: "export",
    summary: "write a run's net for other programs: ONNX, safetensors, a folder that predicts",
    load: () => import("./export.js"),
  },
  {
    name: "score",
    summary: "read a staff of music, and write it as MusicXML or MIDI",
    load: () => import("./score.js"),
  },
  {
    name: "make",
    summary: "make data sets of lines to read",
    load: () => import("./make.js"),
  },
  {
    name: "summary",
    summary: "list a model's layers, parameters and work",
    load: () => import("./summary.js"),
  },
  {
    name: "cost",
    summary: "tell what layers cost: work, bytes, time by a roofline, energy by dataflow",
    load: () => import("./cost.js"),
  },
  {
    name: "data",
    summary: "look at data sets, take frames of videos",
    load: () => import("./data.js"),
  },
  {
    name: "select",
    summary: "compare selections of features by nested folds",
    load: () => import("./select.js"),
  },
  {
    name: "setup",
    summary: "build the native engine on this machine",
    load: () => import("./setup.js"),
  },
  {
    name: "doctor",
    summary: "report what this machine has and lacks",
    load: () => import("./doctor.js"),
  },
  {
    name: "bench",
    summary: "measure speed, beside other libraries",
    load: () => import("./bench.js"),
  },
];
