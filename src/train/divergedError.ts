// A training that has left the numbers.

/** The loss or the weights are no longer finite. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";

  constructor(
    /** Epoch and step from 1. */
    readonly epoch: number,
    readonly step: number,
    readonly loss: number,
    private readonly lr: number,
    /** What is left of the training, as a sentence; default the last checkpoint in its run folder. */
    kept = "The run folder keeps what was saved before",
  ) {
    super(
      `the loss is ${loss} at epoch ${epoch}, step ${step}, at a learning rate of ` +
        `${Number(lr.toPrecision(3))}: training has diverged; try a smaller lr. ${kept}`,
    );
  }

  /** The same of a training that leaves something else. */
  leaving(kept: string): DivergedError {
    return new DivergedError(this.epoch, this.step, this.loss, this.lr, kept);
  }
}
