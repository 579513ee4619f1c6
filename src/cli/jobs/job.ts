// A swarm's processes as a job of a cluster: the first one begins the swarm, or all of them are its workers.

/** What a job file is made of. */
export interface Job {
  readonly name: string;
  /** Where the processes meet. */
  readonly exchange: string;
  /** Processes, of which each takes one particle. */
  readonly particles: number;
  /** Of each process. */
  readonly cpus: number;
  /** Arguments of `convoy train`; none where somebody else begins the swarm. */
  readonly train: readonly string[];
  /** Longest time, in seconds. */
  readonly seconds?: number;
  /** Container that has Convoy installed in its working folder. */
  readonly image?: string;
  /** Claim of a volume that all processes see, and the folder under which they see it. */
  readonly volume?: { readonly claim: string; readonly folder: string };
}

/** A cluster's form of a job file. */
export interface JobForm {
  /** How the file is handed in. */
  readonly command: string;
  /** Throws an InputError for what this form needs, or cannot say. */
  write(job: Job): string;
}

/** A word of a POSIX shell that means just itself. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const line = (words: readonly string[]) => words.map(quoted).join(" ");

/** Lines of a shell that become one process of the swarm; `index` is the variable with its number, from 0. */
export function shellLines({ exchange, particles, cpus, train }: Job, index: string): string[] {
  const convoy = "exec node_modules/.bin/convoy";
  const where = ["--exchange", exchange, "--host", "1", "--threads", String(cpus), "--quiet"];
  const worker = `${convoy} ${line(["worker", ...where])}`;
  if (train.length === 0) return [worker];
  const first = line(["train", ...train, "--particles", String(particles), ...where]);
  return [`if [ "$${index}" = 0 ]; then`, `  ${convoy} ${first}`, "fi", worker];
}
