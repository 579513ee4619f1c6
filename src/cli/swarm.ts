// `convoy swarm PLACE`: who trains which particle of a swarm of many processes, and how far each has come.

import type { Command } from "commander";
import { InputError } from "../inputError.js";
import type { SwarmParticle, SwarmStatus } from "../studio/swarmStatus.js";
import { openSite } from "../swarm/exchange/index.js";
import { formatBytes } from "../text/bytes.js";
import { printable } from "../text/printable.js";
import { type Console, say, sayJson } from "./console.js";
import { type Cell, table } from "./table.js";

const HEADER = [
  ...["particle", "state", "process", "epoch", "step", "behind"],
  ...["score", "images/s", "sent", "heard of", "rescued"],
];

const rowOf = (each: SwarmParticle): Cell[] => [
  each.particle,
  each.state,
  each.host ? `${each.host.pid} on ${each.host.name}` : "-",
  each.epoch,
  each.step,
  each.lag,
  each.score?.toFixed(4) ?? "-",
  each.imagesPerSecond?.toFixed(0) ?? "-",
  formatBytes(each.bytes),
  each.silence === undefined ? "-" : `${Math.round(each.silence / 1000)} s ago`,
  each.rescued,
];

/** Who was missing in the rounds that are still there. */
function roundLine({ rounds, particles }: SwarmStatus): string {
  const last = rounds.at(-1);
  if (!last) return "no round yet";
  const missed = particles.flatMap(({ particle }) => {
    const count = rounds.filter(({ present }) => !present.includes(particle)).length;
    return count > 0 ? [`${particle} (${count})`] : [];
  });
  const late =
    missed.length > 0 ? `too late or lost: particle ${missed.join(", ")}` : "all were there";
  return `round ${last.round} was the last; of the last ${rounds.length}, ${late}`;
}

function print(status: SwarmStatus, { out }: Console): void {
  const { model, coupling, data, epochs, metric, particles } = status;
  const length = epochs === undefined ? "" : `, ${epochs} epochs`;
  const all = `${coupling} of ${particles.length} ${model} on ${data}`;
  say(out, printable(`${all}${length}; score: ${metric ?? "-"}`));
  say(out, roundLine(status));
  say(out);
  for (const line of table(HEADER, particles.map(rowOf))) say(out, line);
}

export function define(command: Command, console: Console): void {
  command
    .argument(
      "<place>",
      "where the swarm's processes meet, as folder:PATH or nats://HOST:4222/NAME?runs=PATH",
    )
    .option("--json", "print one object")
    .action(async (place: string, { json }: { readonly json?: boolean }) => {
      const site = openSite(place);
      const card = await site.card();
      if (!card) throw new InputError(`${site.address}: there is no swarm yet`);
      const { swarmStatus } = await import("../studio/swarmStatus.js");
      const status = await swarmStatus(site, card);
      if (json) sayJson(console, status);
      else print(status, console);
    });
}
