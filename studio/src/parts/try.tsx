// A run's net in use: what it says of an image that somebody brings.

import { useEffect, useState } from "preact/hooks";
import type { Brought } from "../files.js";
import { metric } from "../format.js";
import { predict, type Said } from "../server.js";
import { Drop } from "./drop.js";
import { Fault } from "./small.js";

/** Classes that are told. */
const SHOWN = 5;

/** Classes with their probabilities; whatever another task says as it is. */
function Answer({ said: { classes, ...rest } }: { readonly said: Said }) {
  if (!classes) return <pre>{JSON.stringify(rest, undefined, 2)}</pre>;
  return (
    <ul class="said">
      {classes.slice(0, SHOWN).map(({ class: name, probability }) => (
        <li key={name}>
          <span>{name}</span>
          <meter aria-label={name} value={probability} />
          <b>{metric(probability, "share")}</b>
        </li>
      ))}
    </ul>
  );
}

/** An image of a file, as long as it is shown. */
function Shown({ file }: { readonly file: File }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return address === "" ? null : <img src={address} alt={file.name} />;
}

/** The place to try the run's best weights. */
export function Try({ id }: { readonly id: string }) {
  const [file, setFile] = useState<File>();
  const [said, setSaid] = useState<Said>();
  const [fault, setFault] = useState<string>();
  const take = ([first]: readonly Brought[]) => {
    if (!first) return;
    setFile(first.file);
    setSaid(undefined);
    setFault(undefined);
    predict(id, first.file).then(setSaid, (error: Error) => setFault(error.message));
  };
  return (
    <section>
      <h2>Try it</h2>
      <Drop what="drop an image here, or choose one: what does the net say of it?" take={take} />
      <Fault text={fault} />
      <div class="tried" role="status">
        {file && <Shown file={file} />}
        {said && <Answer said={said} />}
      </div>
    </section>
  );
}
