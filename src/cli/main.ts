// The command line: finds the verb, loads its file only, and turns whatever it throws into a message
// and an exit code.

import { Command, CommanderError } from "commander";
import { InputError } from "../inputError.js";
import { printable } from "../text/printable.js";
import { suggestion } from "../text/words.js";
import { version } from "../version.js";
import type { Console } from "./console.js";
import { SteadyStream, say } from "./console.js";
import { exitCodeOf, exitCodes } from "./errors.js";
import { hinted } from "./hints.js";
import { verbs } from "./verbs.js";

const streams = {
  out: new SteadyStream(process.stdout),
  err: new SteadyStream(process.stderr),
};

/** Commander's message without its prefix, its suggestion on the same line. */
const oneLine = (text: string) =>
  text
    .trim()
    .replace(/^error: /, "")
    .replace("\n", " ")
    .replace("(Did you", "(did you");

/** The program without its verbs. */
function createProgram({ out, err }: Console): Command {
  const program = new Command("convoy")
    .description("Trains ConvNets: natively fast, reproducible.")
    .version(version, "-v, --version", "print the version")
    .option("--debug", "show where an error comes from")
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
    })
    .exitOverride();
  return withErrors(program);
}

/** Lets a command and those below it tell errors in one line, with the flag that was meant. */
function withErrors(command: Command): Command {
  command.configureOutput({
    outputError: (text, write) => write(`convoy: ${printable(hinted(oneLine(text), command))}\n`),
  });
  command.commands.forEach(withErrors);
  return command;
}

async function parse(args: readonly string[], console: Console): Promise<void> {
  const program = createProgram(console);
  const [first, second] = args.filter((arg) => !arg.startsWith("-"));
  const typed = first === "help" ? second : first;
  for (const verb of verbs) {
    const command = program
      .command(verb.name)
      .description(verb.summary)
      .copyInheritedSettings(program);
    if (verb.name !== typed) continue;
    (await verb.load()).define(command, console, verbs);
    command.addHelpText("after", `\nExample:\n  ${verb.example}`);
    withErrors(command);
  }
  if (typed !== undefined && !verbs.some(({ name }) => name === typed)) {
    const names = verbs.map(({ name }) => name);
    program.error(`unknown verb "${typed}"${suggestion(typed, names)}; see convoy --help`);
  }
  await program.parseAsync(args, { from: "user" });
}

/**
 * Runs `convoy` with these arguments.
 *
 * @returns the exit code: 0 done, 1 a fault of Convoy, 2 bad input, 3 training diverged, 130 interrupted
 * and saved.
 */
export async function main(args: readonly string[], console: Console = streams): Promise<number> {
  try {
    await parse(args, console);
    if (console !== streams) return exitCodes.done;
    const failure = await streams.out.failure();
    if (!failure) return exitCodes.done;
    throw new InputError(
      `standard output cannot be written (${failure.message}); what the command saves is saved`,
    );
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
    }
    const code = exitCodeOf(error);
    const { message, stack } = error as Error;
    const untold = code === exitCodes.fault || args.includes("--debug");
    say(console.err, `convoy: ${untold ? stack : message}`);
    return code;
  }
}
