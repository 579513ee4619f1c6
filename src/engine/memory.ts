// Memory reports of several programs as one.

import { type MemoryKind, type MemoryReport, memoryKinds } from "./engine.js";

/** The report of programs that exist at the same time. */
export function sumReports(reports: readonly MemoryReport[]): MemoryReport {
  const sum = (bytes: (report: MemoryReport) => number) =>
    reports.reduce((all, report) => all + bytes(report), 0);
  const kinds = memoryKinds.map((kind) => [kind, sum((report) => report.kinds[kind])] as const);
  return {
    peakBytes: sum((report) => report.peakBytes),
    activationBytes: sum((report) => report.activationBytes),
    scratchBytes: sum((report) => report.scratchBytes),
    kinds: Object.fromEntries(kinds) as Record<MemoryKind, number>,
  };
}
