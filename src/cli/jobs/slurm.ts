// Job files of Slurm: an array of tasks, handed in from a folder in which Convoy is installed.

import { InputError } from "../../inputError.js";
import { type JobForm, quoted, shellLines } from "./job.js";

/** Seconds before the end of its time that a process is told to save. */
const NOTICE = 120;

/** As Slurm reads it: days, hours, minutes and seconds. */
function clock(seconds: number): string {
  const parts = [
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    Math.ceil(seconds % 60),
  ];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

export const slurm: JobForm = {
  command: "sbatch FILE",
  write(job) {
    if (job.image !== undefined || job.volume !== undefined) {
      throw new InputError(
        "--image and --claim are for kubernetes; slurm runs in the folder it is handed in from",
      );
    }
    const { name, particles, cpus, seconds } = job;
    return [
      "#!/bin/bash",
      `#SBATCH --job-name=${quoted(name)}`,
      `#SBATCH --array=0-${particles - 1}`,
      `#SBATCH --cpus-per-task=${cpus}`,
      ...(seconds === undefined ? [] : [`#SBATCH --time=${clock(seconds)}`]),
      "#SBATCH --output=%x-%A-%a.log",
      "# A task that is ended is told before, saves, and may be begun again: the same file goes on with the swarm.",
      `#SBATCH --signal=B:TERM@${NOTICE}`,
      "#SBATCH --requeue",
      "",
      ...shellLines(job, "SLURM_ARRAY_TASK_ID"),
      "",
    ].join("\n");
  },
};
