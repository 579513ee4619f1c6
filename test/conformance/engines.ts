// The engines under test. A new engine joins the suite by a line here.

import { createEngine, type Engine } from "../../src/engine/index.js";
import { loadAddon } from "../../src/engine/native/index.js";

interface Candidate {
  readonly title: string;
  readonly open: () => Promise<Engine>;
}

/** A native engine on the kernels of one instruction set; the choice holds for the whole process. */
const native = (threads: number, isa: string): Candidate => ({
  title: `native, ${isa}, ${threads} thread${threads === 1 ? "" : "s"}`,
  async open() {
    if (!loadAddon().chooseIsa(isa)) throw new Error(`this processor has no ${isa}`);
    return createEngine({ engine: "native", threads });
  },
});

/** Engines that are compared with the reference engine. */
const candidates: readonly Candidate[] = [
  native(1, "baseline"),
  native(2, "avx2"),
  native(1, "avx512"),
  native(2, "amx"),
];

/** Instruction sets that stand on one of these, and differ in what multiplies bytes. */
const onBytes: readonly Candidate[] = [native(1, "avx2-vnni"), native(2, "avx512-vnni")];

/** A candidate that may not exist on this machine: then its tests are skipped, and say why. */
export interface Tested extends Candidate {
  readonly skip: boolean;
}

async function probe({ title, open }: Candidate): Promise<Tested> {
  try {
    await (await open()).close();
    return { title, open, skip: false };
  } catch (error) {
    return {
      title: `${title} (cannot be had here: ${(error as Error).message})`,
      open,
      skip: true,
    };
  }
}

async function probeAll(all: readonly Candidate[]): Promise<Tested[]> {
  const result: Tested[] = [];
  for (const candidate of all) result.push(await probe(candidate));
  return result;
}

export const tested: readonly Tested[] = await probeAll(candidates);

/** The same, and those whose arithmetic on bytes alone is another. */
export const testedOnBytes: readonly Tested[] = [...tested, ...(await probeAll(onBytes))];

const reference: Tested = {
  title: "reference",
  open: () => createEngine({ engine: "reference" }),
  skip: false,
};

/** The same, and the reference engine itself. */
export const everyEngine: readonly Tested[] = [reference, ...tested];

/**
 * The reference engine, the least and the best instruction set: for what a program keeps, and when, which the layouts of
 * images have a say in and kernels have none.
 */
export const eachLayout: readonly Tested[] = [
  reference,
  ...new Set([tested[0], tested.findLast(({ skip }) => !skip) ?? tested[0]]),
];
