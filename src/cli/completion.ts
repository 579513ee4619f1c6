// `convoy completion SHELL`: what a shell runs to complete words of this command line. Its script asks `convoy completion
// --words`, so that it knows what this version knows.

import type { Command } from "commander";
import { InputError } from "../inputError.js";
import { candidates } from "./candidates.js";
import { type Console, say } from "./console.js";
import type { VerbEntry } from "./verbs.js";

/** Scripts by shell. Each takes the shell's own completion of files where nothing is said. */
const scripts: Readonly<Record<string, string>> = {
  bash: `_convoy() {
  local word="\${COMP_WORDS[COMP_CWORD]}"
  local -a words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  mapfile -t COMPREPLY < <(convoy completion --words -- "\${words[@]}" 2>/dev/null | cut -f1)
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then mapfile -t COMPREPLY < <(compgen -f -- "$word"); fi
}
complete -o filenames -F _convoy convoy`,
  zsh: `#compdef convoy
_convoy() {
  local -a found
  found=("\${(@f)$(convoy completion --words -- "\${(@)words[2,CURRENT]}" 2>/dev/null | tr '\\t' ':')}")
  if [[ -n "\${found[1]}" ]]; then _describe convoy found; else _files; fi
}
if [ "$funcstack[1]" = "_convoy" ]; then _convoy "$@"; else compdef _convoy convoy; fi`,
  fish: `function __convoy
  set -l words (commandline -opc) (commandline -ct)
  set -l found (convoy completion --words -- $words[2..-1] 2>/dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path $words[-1]
  end
end
complete -c convoy -f -a '(__convoy)'`,
};

const shells = Object.keys(scripts);

interface Options {
  readonly words?: boolean;
}

export function define(command: Command, console: Console, verbs: readonly VerbEntry[]): void {
  command
    .argument("<shell...>", shells.join(", "))
    .option("--words", "print what may stand in the place of the last one of these words")
    .addHelpText(
      "after",
      `
In bash: convoy completion bash > ~/.local/share/bash-completion/completions/convoy
In zsh:  convoy completion zsh > a folder of $fpath, as _convoy
In fish: convoy completion fish > ~/.config/fish/completions/convoy.fish`,
    )
    .action(async (typed: string[], { words }: Options) => {
      if (words) {
        for (const { word, meaning = "" } of await candidates(typed, verbs)) {
          console.out.write(`${word}\t${meaning}\n`);
        }
        return;
      }
      const script = typed.length === 1 ? scripts[typed[0]] : undefined;
      if (script === undefined) {
        throw new InputError(`unknown shell "${typed.join(" ")}"; known: ${shells.join(", ")}`);
      }
      say(console.out, script);
    });
}
