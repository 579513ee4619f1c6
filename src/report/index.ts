// What a run came to, for people: one HTML file, or a model card.

import { writeFileAtomic } from "../files/atomicFile.js";
import { cardOf } from "./card.js";
import { factsOf, type RunFacts } from "./facts.js";
import { pageOf } from "./page.js";

const formats = { html: pageOf, card: cardOf } as const satisfies Readonly<
  Record<string, (facts: RunFacts) => string>
>;

/** What a report is written as. */
export type ReportFormat = keyof typeof formats;

export const reportFormats = Object.keys(formats) as ReportFormat[];

/**
 * A report on a run, as text. As `html` it is one page with scores, charts, epochs and settings that needs no other file, runs no
 * script and loads nothing; as `card` a model card in Markdown, whose header the Hugging Face Hub reads.
 *
 * @param run the run's folder; it may be at work still
 * @param format default `html`
 * @throws InputError for a folder that is no run, and for files of one that are damaged.
 */
export const reportOn = async (run: string, format: ReportFormat = "html"): Promise<string> =>
  formats[format](await factsOf(run));

/**
 * Writes {@link reportOn} to a file, as a whole or not at all.
 *
 * @param out the file; one that is there is replaced
 */
export async function writeReport(run: string, out: string, format?: ReportFormat): Promise<void> {
  await writeFileAtomic(out, await reportOn(run, format));
}
