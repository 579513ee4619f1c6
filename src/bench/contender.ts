// Somebody who can run training steps: Convoy itself or a peer. Both are measured by the same code.

/** A model, compiled, warmed up and at its fastest setting. */
export interface Contender {
  readonly version: string;
  /** Threads, memory format and the like, in words. */
  readonly setting: string;
  /** Trainable parameters; contenders of one task must agree. */
  readonly parameters: number;
  /** Runs `steps` training steps and resolves to the seconds that they took together. */
  run(steps: number): Promise<number>;
  close(): Promise<void>;
}
