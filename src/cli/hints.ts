// What was meant by an option that there is not.

import type { Command } from "commander";
import { settingCalled } from "../train/otherNames.js";
import { kebab } from "./flags.js";

const camel = (flag: string) => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Commander's message of an unknown option, with the flag of the verb that other programs call so. */
export function hinted(message: string, { options }: Pick<Command, "options">): string {
  const [, typed] = /^unknown option '--([\w-]+)/.exec(message) ?? [];
  const setting = typed === undefined ? undefined : settingCalled(camel(typed));
  const flag = setting && `--${kebab(setting)}`;
  if (!options.some(({ long }) => long === flag)) return message;
  return `unknown option '--${typed}' (did you mean ${flag}?)`;
}
