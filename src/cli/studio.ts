// `convoy studio [folder]`: a page that shows runs while they go on.

import { type Command, InvalidArgumentError } from "commander";
import { openStudio } from "../studio/index.js";
import { type Console, say } from "./console.js";

interface Options {
  readonly port: number;
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port < 2 ** 16) return port;
  throw new InvalidArgumentError("expected a port, 0 to 65535; 0 takes one that is free");
}

/** Waits for Ctrl-C, or for whoever asks the process to end. */
const ended = () =>
  new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => resolve());
    }
  });

export function define(command: Command, console: Console): void {
  command
    .argument("[folder]", "folder that holds runs, however deep", "runs")
    .option("--port <number>", "where it listens; 0 takes a port that is free", portOf, 0)
    .action(async (folder: string, { port }: Options) => {
      const onFault = (error: unknown) => say(console.err, `studio: ${(error as Error).stack}`);
      const studio = await openStudio(folder, { port, onFault });
      say(console.out, `studio of ${folder}: ${studio.address}`);
      say(console.out, "for this machine alone; Ctrl-C closes it and leaves the runs at work");
      await ended();
      await studio.close();
    });
}
