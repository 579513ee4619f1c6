// Methods as they are typed: `single,pso,single:optimizer=adam:lr=0.001`. What follows a name are
// settings of the method's own, written as the flags of `train`; `/` stands for the comma in them, but in paths.

import { Command, CommanderError } from "commander";
import { type Method, type MethodSettings, overlaid } from "../compare/methods.js";
import { InputError } from "../inputError.js";
import { trainConfig } from "../train/config.js";
import { list } from "./arguments.js";
import { addFlags } from "./flags.js";
import { hinted } from "./hints.js";

/** Flags whose value is a path. */
const paths: readonly string[] = ["teacher", "pretrained", "class-weights"];

/** `lr=0.1` as `--lr 0.1`. */
function toFlag(pair: string, typed: string): string[] {
  const [name, ...rest] = pair.split("=");
  const value = rest.join("=");
  if (rest.length > 0) {
    return [`--${name}`, paths.includes(name) ? value : value.replaceAll("/", ",")];
  }
  throw new InputError(`method ${typed}: "${pair}" is not of the form setting=value`);
}

function parseSettings(pairs: readonly string[], typed: string): MethodSettings {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addFlags(command, trainConfig, []);
  try {
    command.parse(
      pairs.flatMap((pair) => toFlag(pair, typed)),
      { from: "user" },
    );
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const message = error.message.replace(/^error: /, "").replace("\n", " ");
    throw new InputError(`method ${typed}: ${hinted(message, command)}`);
  }
  return command.opts();
}

/**
 * The methods in a text; throws for an unknown one, with the nearest name, and for wrong settings.
 *
 * @param get the method with a name
 */
export function parseMethods<M extends Method>(text: string, get: (name: string) => M): M[] {
  return list(text).map((typed) => {
    const [name, ...pairs] = typed.split(":");
    const method = get(name);
    if (pairs.length === 0) return method;
    return {
      ...method,
      name: typed,
      settings: overlaid(method.settings, parseSettings(pairs, typed)),
    };
  });
}
