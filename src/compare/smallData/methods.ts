// Methods of the small-data benchmark: what each sets differently from a plain cross-entropy, whose settings are searched like
// those of the others.

import { byName } from "../../text/words.js";
import type { Method } from "../methods.js";

/** A method of the benchmark. */
export interface SmallDataMethod extends Method {
  /** Authors, year, where it was published. */
  readonly source: string;
  /** Whether its settings are searched; default they are. */
  readonly tuned?: false;
}

/** What all others are compared with. */
export const BASELINE = "ce";

export const smallDataMethods: readonly SmallDataMethod[] = [
  {
    name: BASELINE,
    description: "cross-entropy with settings that were searched",
    source: "Brigato, Barz, Iocchi and Denzler 2022, IEEE Access 10",
    settings: {},
  },
  {
    name: "ce-defaults",
    description: "cross-entropy with settings as they are where nobody chooses them",
    source: "none",
    tuned: false,
    settings: {},
  },
  {
    name: "harmonic",
    description: "filters that are sums of waves",
    source: "Ulicny, Krylov and Dahyot 2022, arXiv 2001.06570",
    settings: { structure: "harmonic" },
  },
  {
    name: "cosine",
    description: "the cosine between outputs and class as loss",
    source: "Barz and Denzler 2020, arXiv 1901.09054",
    settings: { loss: "cosine" },
  },
  {
    name: "t-vmf",
    description: "a last layer that compares angles",
    source: "Kobayashi 2021, CVPR",
    settings: { structure: "t-vmf=16" },
  },
  {
    name: "full-conv",
    description: "convolutions in which every pixel meets every place of a window",
    source: "Kayhan and van Gemert 2020, arXiv 2003.07064",
    settings: { structure: "full-conv" },
  },
  {
    name: "ole",
    description: "features of a class near a line, those of others at right angles",
    source: "Lezama, Qiu, Musé and Sapiro 2018, arXiv 1712.01727",
    settings: { penalty: "ole=0.25" },
  },
  {
    name: "grad-l2",
    description: "a loss that changes little where images do",
    source: "Bietti, Mialon, Chen and Mairal 2019, arXiv 1810.00363",
    settings: { penalty: "grad-l2=0.01" },
  },
];

/** The method with a name; throws an `InputError` with the nearest one when there is none. */
export const getSmallDataMethod = (name: string): SmallDataMethod =>
  byName("method", name, smallDataMethods);
