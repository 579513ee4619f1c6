// Somebody who can do a workload: Convoy itself or a peer. Both are measured by the same code.

/** A model, compiled and warmed up, at one setting. */
export interface Contender {
  readonly version: string;
  /** Threads, memory format and the like, in words. */
  readonly setting: string;
  /** Trainable parameters of one net; contenders of one workload must agree. */
  readonly parameters: number;
  /** Most memory of a step: weights, gradients, optimizer states, images and what a step needs besides. */
  readonly peakBytes?: number;
  /** Does the work `steps` times and resolves to the seconds that it took together. */
  run(steps: number): Promise<number>;
  close(): Promise<void>;
}
