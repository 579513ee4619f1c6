// A training that has left the numbers.

/** The loss or the weights are no longer finite. The run folder keeps its last checkpoint. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";

  constructor(
    /** Epoch and step from 1. */
    readonly epoch: number,
    readonly step: number,
    readonly loss: number,
    lr: number,
  ) {
    super(
      `the loss is ${loss} at epoch ${epoch}, step ${step}, at a learning rate of ` +
        `${Number(lr.toPrecision(3))}: training has diverged; try a smaller lr. ` +
        "The run folder keeps what was saved before",
    );
  }
}
