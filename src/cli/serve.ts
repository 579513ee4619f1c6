// `convoy serve RUN`: what a run's best weights say of images, over HTTP.

import { once } from "node:events";
import type { Command } from "commander";
import { type OpenTrainedOptions, openTrained } from "../runs/index.js";
import {
  parseServeSettings,
  type ServeSettings,
  type Serving,
  servable,
  serve,
  serveConfig,
} from "../serve/index.js";
import { printable } from "../text/printable.js";
import { count, precisionOption, viewsOption } from "./arguments.js";
import { type Console, say } from "./console.js";
import { addEngineFlags, type EngineFlags } from "./engineFlags.js";
import { addFlags, parseNumber } from "./flags.js";
import { interruptible } from "./interrupt.js";
import { checkConfidence } from "./predict.js";

interface Options extends EngineFlags, ServeSettings {
  readonly top: number;
  readonly confidence?: number;
  readonly views?: string;
  readonly precision?: OpenTrainedOptions["precision"];
}

/** Where a token is taken from: a flag would show it to everybody on the machine. */
const TOKEN = "CONVOY_TOKEN";

const ending = ["\nanswering what waits; one more signal (Ctrl-C) ends at once"];

/** What to know of a server that has started. */
function* started({ address, token }: Serving): Generator<string> {
  yield `POST an image to ${address}/predict; GET ${address}/health, ${address}/metrics`;
  if (token === undefined) return;
  yield process.env[TOKEN] === undefined
    ? `with the header authorization: Bearer ${token} (another one each time, unless ${TOKEN} says it)`
    : `with the header authorization: Bearer and the token in ${TOKEN}`;
}

export function define(command: Command, console: Console): void {
  addEngineFlags(command);
  addFlags(command, serveConfig);
  command
    .argument("<run>", "run folder, or an ONNX file that convoy export wrote")
    .option("--top <number>", "classes to name", count, 3)
    .option("--confidence <number>", "least confidence of a tag, point or box", parseNumber)
    .addOption(viewsOption())
    .addOption(precisionOption())
    .action(async (run: string, options: Options) => {
      const { top, confidence, engine, threads, views, precision, ...settings } = options;
      const { batch } = parseServeSettings(settings);
      const token = process.env[TOKEN] || undefined;
      const net = await openTrained(run, { engine, threads, views, precision, batch });
      try {
        checkConfidence(confidence, net.task);
        const onFault = (error: unknown) =>
          say(console.err, `convoy: ${(error as Error).stack ?? error}`);
        await interruptible(
          async (signal) => {
            const said = servable(net, { top, confidence });
            const server = await serve(said, settings, { token, onFault });
            const { model, task } = net;
            say(console.out, printable(`${model.name} for task ${task.name}, from ${run}`));
            for (const line of started(server)) say(console.out, line);
            if (!signal.aborted) await once(signal, "abort");
            await server.close();
          },
          (line) => say(console.err, line),
          ending,
        );
      } finally {
        await net.close();
      }
    });
}
