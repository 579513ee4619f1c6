// What the page asks its server.

import { useEffect, useRef, useState } from "preact/hooks";
import type {
  ModelSummary,
  NumberTable,
  PartChange,
  RunParts,
  RunRow,
  Said,
  StudyParts,
  StudyRow,
  TrainingAsked,
  WorstImage,
} from "../../src/studio/api.js";

export type { Said, TrainingAsked };

/** What changes is asked for so often, in milliseconds. */
const EVERY = 2000;

async function expectGood(response: Response): Promise<Response> {
  if (response.ok) return response;
  const said = await response.json().catch(() => ({}));
  throw new Error(said.error ?? `the studio answered ${response.status}`);
}

const json = async <T>(address: string): Promise<T> =>
  (await expectGood(await fetch(address))).json();

/** What there is so far, and what went wrong with the last question. */
export interface Asked<T> {
  readonly value?: T;
  readonly fault?: string;
}

/** What an address answers now, asked for again and again. */
function usePolled<T>(address: string): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({});
  const last = useRef("");
  useEffect(() => {
    let timer = 0;
    const ask = async () => {
      try {
        const text = await (await expectGood(await fetch(address))).text();
        if (text !== last.current) setAsked({ value: JSON.parse(text) });
        last.current = text;
      } catch (error) {
        last.current = "";
        setAsked(({ value }) => ({ value, fault: (error as Error).message }));
      }
      timer = window.setTimeout(ask, EVERY);
    };
    ask();
    return () => window.clearTimeout(timer);
  }, [address]);
  return asked;
}

/** All runs, as they are now. */
export const useRuns = (): Asked<readonly RunRow[]> => usePolled("/api/runs");

/** All searches of settings, as they are now. */
export const useStudies = (): Asked<readonly StudyRow[]> => usePolled("/api/studies");

/** A search as it is now. */
export const useStudy = (id: string): Asked<StudyParts> => usePolled(`/api/study?id=${id}`);

/** Parts with what has changed of them. */
export function changed(
  parts: Partial<RunParts>,
  changes: readonly PartChange[],
): Partial<RunParts> {
  const next: Record<string, unknown> = { ...parts };
  for (const change of changes) {
    if ("value" in change) next[change.part] = change.value;
    else {
      const table = next[change.part] as NumberTable;
      const rows = [...table.rows.slice(0, change.from), ...change.rows];
      next[change.part] = { ...table, rows };
    }
  }
  return next;
}

/** A run while it goes on. */
export function useRun(id: string): Asked<Partial<RunParts>> {
  const [asked, setAsked] = useState<Asked<Partial<RunParts>>>({});
  useEffect(() => {
    setAsked({});
    const events = new EventSource(`/api/events?id=${id}`);
    // The server begins anew with every connection.
    let parts: Partial<RunParts> = {};
    events.onopen = () => {
      parts = {};
    };
    events.onmessage = ({ data }) => {
      parts = changed(parts, JSON.parse(data));
      setAsked({ value: parts });
    };
    events.onerror = () =>
      setAsked(({ value }) => ({ value, fault: "the studio does not answer; is it still open?" }));
    return () => events.close();
  }, [id]);
  return asked;
}

/** Some runs as they are now; asked for again when `stamp` changes. */
export function useSomeRuns(
  ids: readonly string[],
  stamp: string,
): Asked<ReadonlyMap<string, Partial<RunParts>>> {
  const [asked, setAsked] = useState<Asked<ReadonlyMap<string, Partial<RunParts>>>>({});
  // The stamp tells that runs have changed
  useEffect(() => {
    let wanted = true;
    const ask = async (id: string) =>
      [id, changed({}, await json<PartChange[]>(`/api/run?id=${id}`))] as const;
    Promise.all(ids.map(ask)).then(
      (found) => wanted && setAsked({ value: new Map(found) }),
      (error) => wanted && setAsked(({ value }) => ({ value, fault: (error as Error).message })),
    );
    return () => {
      wanted = false;
    };
  }, [ids.join(), stamp]);
  return asked;
}

/** What an address answers, once it is `wanted`. */
function useAnswer<T>(address: string, wanted: boolean): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({});
  useEffect(() => {
    if (!wanted) return;
    json<T>(address).then(
      (value) => setAsked({ value }),
      (error) => setAsked({ fault: (error as Error).message }),
    );
  }, [address, wanted]);
  return asked;
}

/** The layers of a run's model. */
export const useModel = (id: string, wanted: boolean): Asked<ModelSummary> =>
  useAnswer(`/api/model?id=${id}`, wanted);

/** The images that a run's net is worst at. */
export const useWorst = (id: string, wanted: boolean): Asked<readonly WorstImage[]> =>
  useAnswer(`/api/worst?id=${id}`, wanted);

const post = async (address: string, body?: BodyInit): Promise<Response> =>
  expectGood(await fetch(address, { method: "POST", body }));

/** Asks a run to save its state and end. */
export async function askToStop(id: string): Promise<void> {
  await post(`/api/stop?id=${id}`);
}

/** Goes on with a run that was stopped. */
export async function resume(id: string): Promise<void> {
  await post(`/api/resume?id=${id}`);
}

/** Keeps an image of a class. */
export async function sendImage(set: string, name: string, file: File): Promise<void> {
  await post(`/api/image?${new URLSearchParams({ set, class: name })}`, file);
}

/** Begins a training, and gives the id of its run. */
export async function startTraining(asked: TrainingAsked): Promise<string> {
  return (await (await post("/api/train", JSON.stringify(asked))).json()).id;
}

/** Brings an image that a run's net is bad at to another class. */
export async function relabel(id: string, at: number, name: string): Promise<void> {
  await post(`/api/relabel?${new URLSearchParams({ id, at: `${at}`, class: name })}`);
}

/** A run's net as a file of a form. */
export const takeNet = async (id: string, form: "net.onnx" | "bundle.zip"): Promise<Blob> =>
  (await expectGood(await fetch(`/api/${form}?id=${id}`))).blob();

/** What a run's net says of an image. */
export async function predict(id: string, file: File): Promise<Said> {
  return (await post(`/api/predict?id=${id}`, file)).json();
}
