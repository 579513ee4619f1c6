// Training without a command: images by class, a button, and the run that it begins.

import { useState } from "preact/hooks";
import { type ClassImages, withFiles } from "../files.js";
import { counted } from "../format.js";
import { Camera } from "../parts/camera.js";
import { Drop } from "../parts/drop.js";
import { Fault } from "../parts/small.js";
import { toRun } from "../route.js";
import { sendImage, startTraining, type TrainingAsked } from "../server.js";

/** Images that are sent at once. */
const AT_ONCE = 4;
/** Images of a class that a share can be chosen by. */
const FEWEST = 5;

/** Sends all images; tells how many are there. */
async function sendAll(
  set: string,
  classes: readonly ClassImages[],
  tell: (sent: number) => void,
): Promise<void> {
  const waiting = classes.flatMap(({ name, files }) => files.map((file) => ({ name, file })));
  let sent = 0;
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      await sendImage(set, next.name, next.file);
      tell(++sent);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

interface ClassProps {
  readonly one: ClassImages;
  readonly others: readonly string[];
  change(one: ClassImages): void;
  remove(): void;
}

/** A class: its name, and a place for its images. */
function ClassCard({ one, others, change, remove }: ClassProps) {
  const { name, files } = one;
  const taken = others.includes(name);
  return (
    <section class="card" aria-label={`class ${name}`}>
      <label>
        class
        <input
          type="text"
          value={name}
          aria-invalid={taken}
          onChange={({ currentTarget }) => change({ name: currentTarget.value.trim(), files })}
        />
      </label>
      {taken && <Fault text="two classes have this name" />}
      <p>{counted(files.length, "image")}</p>
      <Drop
        what="drop images here, or choose them"
        take={(brought) => change(withFiles([one], brought, name)[0])}
      />
      <Camera of={name} take={(brought) => change(withFiles([one], brought, name)[0])} />
      <button type="button" onClick={remove}>
        remove
      </button>
    </section>
  );
}

type Choices = Required<TrainingAsked>;

interface ChoiceProps {
  readonly choices: Choices;
  choose(some: Partial<Choices>): void;
}

/** What is asked besides the images. */
const ChoiceFields = ({ choices, choose }: ChoiceProps) => (
  <div class="filters">
    <label>
      name of the set
      <input
        type="text"
        value={choices.set}
        onInput={({ currentTarget }) => choose({ set: currentTarget.value })}
      />
    </label>
    <label>
      epochs
      <input
        type="number"
        min={1}
        max={1000}
        value={choices.epochs}
        onInput={({ currentTarget }) => choose({ epochs: Number(currentTarget.value) })}
      />
    </label>
    <label>
      size of an image
      <select
        value={choices.size}
        onChange={({ currentTarget }) => choose({ size: Number(currentTarget.value) })}
      >
        {[32, 64, 96, 128].map((size) => (
          <option key={size} value={size}>{`${size} × ${size}`}</option>
        ))}
      </select>
    </label>
    <label>
      mirrored it is the same
      <input
        type="checkbox"
        checked={choices.mirror}
        onChange={({ currentTarget }) => choose({ mirror: currentTarget.checked })}
      />
    </label>
  </div>
);

/** What is still missing; `undefined` when training can begin. */
function missing(classes: readonly ClassImages[]): string | undefined {
  const full = classes.filter(({ files }) => files.length >= FEWEST);
  if (full.length < 2 || full.length < classes.length) {
    return `at least two classes, each of ${FEWEST} images or more; the more the better`;
  }
  return new Set(classes.map(({ name }) => name)).size < classes.length
    ? "names that differ"
    : undefined;
}

const empty = (name: string): ClassImages => ({ name, files: [] });

/** The first name that no class has. */
function newName(classes: readonly ClassImages[]): string {
  const names = classes.map(({ name }) => name);
  return Array.from({ length: names.length + 1 }, (_, at) => `class ${at + 1}`).find(
    (name) => !names.includes(name),
  )!;
}

/** Sends everything and goes to the run. */
function useTraining(classes: readonly ClassImages[], choices: Choices) {
  const [progress, setProgress] = useState<string>();
  const [fault, setFault] = useState<string>();
  const total = classes.reduce((sum, { files }) => sum + files.length, 0);
  const train = async () => {
    setFault(undefined);
    try {
      await sendAll(choices.set, classes, (sent) => setProgress(`${sent} of ${total} images sent`));
      setProgress("the run begins");
      location.hash = toRun(await startTraining(choices));
    } catch (error) {
      setFault((error as Error).message);
      setProgress(undefined);
    }
  };
  return { progress, fault, train };
}

/** The view. */
export function StartView() {
  const [classes, setClasses] = useState<readonly ClassImages[]>([
    empty("class 1"),
    empty("class 2"),
  ]);
  const [choices, setChoices] = useState<Choices>({
    ...{ set: "mine", epochs: 30, size: 64, mirror: true },
  });
  const choose = (some: Partial<Choices>) => setChoices((now) => ({ ...now, ...some }));
  const { progress, fault, train } = useTraining(classes, choices);
  const lacking = missing(classes);
  const change = (at: number, one: ClassImages) => setClasses(classes.with(at, one));
  const used = classes.filter(({ files }) => files.length > 0);
  return (
    <>
      <h1 tabIndex={-1}>Train on images of yours</h1>
      <p>
        They stay on this machine, in the folder <code>images</code> beside the runs.
      </p>
      <Drop
        folders
        what="drop folders here, or choose one: each folder of images is a class"
        take={(brought) => setClasses(withFiles(used, brought))}
      />
      <div class="cards">
        {classes.map((one, at) => (
          <ClassCard
            key={one.name}
            one={one}
            others={classes.filter((_, other) => other !== at).map(({ name }) => name)}
            change={(next) => change(at, next)}
            remove={() => setClasses(classes.filter((_, other) => other !== at))}
          />
        ))}
      </div>
      <button type="button" onClick={() => setClasses([...classes, empty(newName(classes))])}>
        one more class
      </button>
      <ChoiceFields {...{ choices, choose }} />
      <Fault text={fault} />
      <p class="line">
        <button
          type="button"
          class="main"
          disabled={lacking !== undefined || progress !== undefined}
          onClick={train}
        >
          Train
        </button>
        <span role="status">{progress ?? (lacking && `needed: ${lacking}`)}</span>
      </p>
    </>
  );
}
