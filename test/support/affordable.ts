// For tests that go through all registered models: which of them run.

/** Parameters of the largest nets that run; larger ones are made of the same blocks as smaller ones of their kind. */
const MOST_PARAMETERS = process.env["CONVOY_TESTS"] === "all" ? 5e7 : 6e6;

/** Whether a net is small enough for the usual suite; all but the very largest are with `CONVOY_TESTS=all`. */
export const isAffordable = ({
  layout,
}: {
  readonly layout: { readonly length: number };
}): boolean => layout.length <= MOST_PARAMETERS;
