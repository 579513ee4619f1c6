// Which view is shown: it stands behind the # of the address, so that it can be kept and gone back to.

import { useEffect, useState } from "preact/hooks";

/** `#/run/ID`, `#/compare/ID,ID`, `#/start`, `#/studies`, `#/study/ID`; anything else is the list. */
export type Route =
  | { readonly view: "runs" }
  | { readonly view: "start" }
  | { readonly view: "studies" }
  | { readonly view: "study"; readonly id: string }
  | { readonly view: "run"; readonly id: string }
  | { readonly view: "compare"; readonly ids: readonly string[] };

/** Reads what stands behind the #. */
export function routeOf(hash: string): Route {
  const [, view, rest = ""] = hash.split("/");
  const ids = rest.split(",").filter((id) => /^[\da-f]{16}$/.test(id));
  if ((view === "run" || view === "study") && ids.length === 1) return { view, id: ids[0] };
  if (view === "compare" && ids.length > 0) return { view, ids };
  return { view: view === "start" || view === "studies" ? view : "runs" };
}

export const toStart = "#/start";
export const toStudies = "#/studies";
export const toStudy = (id: string): string => `#/study/${id}`;
export const toRun = (id: string): string => `#/run/${id}`;
export const toCompare = (ids: readonly string[]): string => `#/compare/${ids.join(",")}`;

/** The route as it is. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    window.addEventListener("hashchange", follow);
    return () => window.removeEventListener("hashchange", follow);
  }, []);
  return routeOf(hash);
}
