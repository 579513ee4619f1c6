// The course of a run: steps, epochs and checkpoints until there is a reason to stop, then the test.

import { type ClassLabels, type Dataset, intakeInWords, selectionFault } from "../data/index.js";
import { writeFileAtomic } from "../files/atomicFile.js";
import { InputError } from "../inputError.js";
import { build } from "../nn/index.js";
import { isSelfPaced } from "../optim/index.js";
import { leftOutNote } from "../train/augmenting.js";
import type { State } from "../train/checkpoint.js";
import type { Evaluation } from "../train/evaluator.js";
import type { Listener, StopReason, Summary, TeacherReport, TrainEvent } from "../train/events.js";
import type { Prepared } from "../train/prepare.js";
import type { Progress } from "../train/progress.js";
import { expectFixed, type FixedSettings, fixedSettings } from "../train/resumed.js";
import { settledWeights } from "../train/settledWeights.js";
import type { Teacher } from "../train/teacher.js";
import type { Training } from "../train/training.js";
import { version } from "../version.js";
import { drawConfused } from "./confused.js";
import { constantAdvice } from "./constantAdvice.js";
import { runListeners } from "./listeners/index.js";
import type { RunConfig } from "./runConfig.js";
import type { RunFolder } from "./runFolder.js";
import { StopFile } from "./stopFile.js";
import { stopReason } from "./stopping.js";

/** Whether a parameter is one of the model's layers; steps of quantisers and the like belong to passes. */
function isOwn({ question: { model } }: Prepared, name: string): boolean {
  const { specs } = build(model.layer, [1, ...model.input], { training: false });
  return specs.some((spec) => spec.name === name);
}

/** What an evaluation adds to a summary. */
const resultOf = ({ loss, metrics }: Evaluation) => ({ loss, ...metrics });

/** How a run is watched and ended from outside. */
export interface RunOptions {
  readonly listeners?: readonly Listener[];
  /** When it aborts, the run saves its state after the current step and ends. */
  readonly signal?: AbortSignal;
  /** Whether a file `stop` in its folder ends it as `signal` does; default yes. */
  readonly stopFile?: boolean;
}

/** One run in its folder, from the first step or from where it was left. */
export class Run {
  private readonly listeners: readonly Listener[];
  private readonly signal?: AbortSignal;
  private readonly stopFile?: StopFile;
  /** Epoch of the weights in the folder's file of the best ones. */
  private savedBest?: number;

  constructor(
    private readonly prepared: Prepared,
    private readonly session: Training,
    private readonly folder: RunFolder,
    { listeners = [], signal, stopFile = true }: RunOptions,
  ) {
    const { steps } = prepared.config;
    this.listeners = [...runListeners(folder, { steps, stoppable: stopFile }), ...listeners];
    this.signal = signal;
    if (stopFile) this.stopFile = new StopFile(folder.file("stop"));
  }

  /** Trains to the end. `saved` is what the run was made with when it is resumed. */
  async go(saved?: RunConfig): Promise<Summary> {
    this.stopFile?.remove();
    const warnings = saved ? await this.restore(saved) : [];
    if (!saved && this.prepared.start) await this.saveStart();
    await this.folder.saveConfig(this.config(saved));
    await this.announce(saved);
    for (const message of warnings) await this.emit({ type: "warning", message });
    const reason = await this.trainUntilStop();
    return this.end(reason);
  }

  private readonly emit = async (event: TrainEvent): Promise<void> => {
    for (const listener of this.listeners) await listener(event);
  };

  private config(saved?: RunConfig): RunConfig {
    const { prepared, session } = this;
    const { engine } = session;
    const { out: _, ...settings } = prepared.config;
    return {
      versions: { convoy: version, node: process.versions.node },
      settings: {
        ...settings,
        engine: engine.name as RunConfig["settings"]["engine"],
        threads: engine.threads,
      },
      ...(saved?.givenWeights || prepared.start ? { givenWeights: true as const } : {}),
      data: prepared.data,
      startedIn: saved?.startedIn ?? process.cwd(),
      net: prepared.net,
      parameters: session.layout.trainable,
      teacher: prepared.teacher && { sha256: prepared.teacher.sha256 },
      module: prepared.module && { path: prepared.module.path, sha256: prepared.module.sha256 },
    };
  }

  private get fixed(): FixedSettings {
    return fixedSettings(this.prepared.config);
  }

  /** A run that starts from given weights is resumed without them. */
  private async saveStart(): Promise<void> {
    const { session, folder } = this;
    await folder.saveState(session.layout, await session.save(), this.fixed);
  }

  /** Goes back to the last checkpoint, in the folder too. Returns warnings. */
  private async restore(saved: RunConfig): Promise<readonly string[]> {
    const { session, folder } = this;
    const restored = await folder.goBack(session.layout, session.vectorLengths, (settings) =>
      expectFixed(settings, saved, folder.path),
    );
    if (!restored && saved.givenWeights && saved.net.passes) {
      throw new InputError(
        `${folder.path} holds a net that was made smaller, and no training to go on with; train it on in another folder: ` +
          `--pretrained ${folder.path}`,
      );
    }
    if (!restored && saved.givenWeights) {
      throw new InputError(
        `${folder.path} has lost the weights that the run began with (${folder.file("state")}); start it anew`,
      );
    }
    if (!restored) return [];
    const { state, warnings } = restored;
    const { step } = state.progress;
    if (step > session.stepsPerEpoch) {
      throw new InputError(
        `${folder.path}: its state is of step ${step} of an epoch, which has ${session.stepsPerEpoch} by its config.json; ` +
          "has one of them been changed?",
      );
    }
    await session.restore(state);
    // What was chosen for the best weights since, as thresholds are, stays with them.
    const { best, progress } = state;
    if (best && (await folder.holdsWeights("best", session.layout, this.kept(best)))) {
      this.savedBest = progress.best?.epoch;
    }
    await this.saveWeights(state);
    return warnings;
  }

  private async announce(saved?: RunConfig): Promise<void> {
    const { prepared, session, folder } = this;
    const { engine } = session;
    const { splits, config, net, question, score, optimizer, teacher } = prepared;
    const { epoch, step, history } = session.progress();
    await this.emit({
      type: "runStart",
      run: folder.path,
      task: net.task,
      metrics: question.task.metrics,
      score,
      model: net.model,
      parameters: session.layout.trainable,
      engine: engine.name,
      threads: engine.threads,
      seed: config.seed,
      precision: config.precision,
      optimizer: optimizer.name,
      ...(!isSelfPaced(optimizer) && { lr: config.lr }),
      epochs: config.epochs,
      stepsPerEpoch: session.stepsPerEpoch,
      batch: session.batchSize,
      images: {
        train: splits.train.length,
        selection: splits.selection.length,
        test: splits.test?.length ?? 0,
      },
      intake: intakeInWords(splits.train, net),
      memory: session.memory,
      ...(teacher && { teacher: this.reportOf(teacher) }),
      swarm: session.size,
      resumed: saved && { epoch: epoch + 1, step: step + 1 },
      history,
      notes: splits.notes,
    });
    for (const message of this.warnings(saved)) await this.emit({ type: "warning", message });
  }

  private reportOf({ path, info: { model, members } }: Teacher): TeacherReport {
    const { gradientCost: gradients } = this.session;
    return { path, model, ...(members !== undefined && { members }), gradients };
  }

  private warnings(saved?: RunConfig): string[] {
    const { prepared, session } = this;
    const { engine } = session;
    const { splits, config } = prepared;
    const found: string[] = [];
    if (!splits.test) found.push(`${splits.train.name} has no test set; the result has no test`);
    const { start } = prepared;
    const { params } = session.startLayout ?? session.layout;
    const fresh = start && params.filter(({ name }) => !start.has(name) && isOwn(prepared, name));
    if (!saved && fresh && fresh.length > 0) {
      found.push(
        `the weights to start from know other outputs than ${prepared.net.names.join(", ")}: ` +
          `${fresh.map(({ name }) => name).join(", ")} start at random`,
      );
    }
    const fault = prepared.chooses && selectionFault(splits.train, splits.selection);
    if (fault) found.push(fault);
    if (!prepared.chooses) {
      found.push(
        "scores on the way are of images that are learned from (selection 0); the last epoch counts",
      );
    }
    if (config.ghost !== undefined && session.layout.length === session.layout.trainable) {
      found.push(`setting ghost has no effect: ${prepared.net.model} has no batch normalisation`);
    }
    if (session.batchSize < config.batch) {
      found.push(`batches hold ${session.batchSize} images, all that there are to learn from`);
    }
    const leftOut = leftOutNote(config, prepared.question.task);
    if (leftOut) found.push(leftOut);
    found.push(...(session.warnings ?? []));
    const was = saved?.settings;
    if (was && (was.engine !== engine.name || was.threads !== engine.threads)) {
      found.push(
        `the run was made on the ${was.engine} engine with ${was.threads} threads, now it is ` +
          `${engine.name} with ${engine.threads}: results will differ in the last bits`,
      );
    }
    return found;
  }

  private reasonAt(progress: Progress): StopReason | undefined {
    const { prepared, session, signal, stopFile } = this;
    const aborted = signal?.aborted || stopFile?.isThere;
    return stopReason(prepared.config, progress, session, aborted);
  }

  /** Trains in stretches, each with a checkpoint at its end. */
  private async trainUntilStop(): Promise<StopReason> {
    const { session } = this;
    const longest = 60 * this.prepared.config.saveMinutes;
    for (;;) {
      const start = session.progress();
      const reason = this.reasonAt(start);
      if (reason) return reason;
      const due = ({ step, seconds }: Progress) =>
        step > start.step && seconds - start.seconds >= longest;
      await session.trainSteps((now) => !this.reasonAt(now) && !due(now), this.emit);
      if (session.progress().step === session.stepsPerEpoch) await this.endEpoch(true);
      await this.checkpoint();
    }
  }

  private async endEpoch(complete: boolean): Promise<void> {
    const { record, best } = await this.session.endEpoch(this.emit);
    const compression = await this.session.compression?.();
    await this.emit({ type: "epochEnd", ...record, best, complete, compression });
  }

  private async checkpoint(): Promise<void> {
    const { session, folder } = this;
    const state = await session.save();
    await folder.saveState(session.layout, state, this.fixed);
    await this.saveWeights(state);
    const { epoch, step } = state.progress;
    await this.emit({ type: "checkpoint", epoch: epoch + 1, step: step + 1 });
  }

  /** The last weights, and the best ones when they are new. */
  private async saveWeights({ weights, best, progress }: State): Promise<void> {
    const { session, folder, prepared } = this;
    await folder.saveWeights("last", session.layout, weights, prepared.net);
    if (best && progress.best?.epoch !== this.savedBest) {
      await folder.saveWeights("best", session.layout, this.kept(best), prepared.net);
      this.savedBest = progress.best?.epoch;
    }
  }

  /** What the best weights count as: a file of that is smaller, and training goes on from the state. */
  private kept(best: Float32Array): Float32Array {
    const { question, net } = this.prepared;
    return settledWeights(question.model, net.passes, best);
  }

  private async end(reason: StopReason): Promise<Summary> {
    const { session, folder } = this;
    if (reason === "aborted") {
      this.stopFile?.remove();
      const summary = await this.summary(session.progress().epoch);
      await this.emit({ type: "runEnd", reason, summary });
      return summary;
    }
    const { epoch: complete } = session.progress();
    await this.endPart();
    const { test } = this.prepared.splits;
    const each = test && (await session.evaluateEach?.());
    const evaluation = await session.evaluateBest();
    const { config, question, score } = this.prepared;
    const { epoch, step } = session.progress();
    const steps = epoch * session.stepsPerEpoch + step;
    const advice = constantAdvice(evaluation, { config, task: question.task, score, steps });
    if (advice) await this.emit({ type: "warning", message: advice });
    const summary: Summary = {
      ...(await this.summary(complete, test && resultOf(evaluation))),
      ...(each && { particles: each.map(resultOf) }),
    };
    await this.drawConfused(evaluation);
    await folder.saveSummary(summary);
    const set = test ? "test" : "selection";
    await this.emit({ type: "runEnd", reason, summary, evaluation: { set, ...evaluation } });
    return summary;
  }

  /** Draws the images behind the confusion of classes; a run whose images cannot be drawn is none the worse. */
  private async drawConfused({ confusion, losses }: Evaluation): Promise<void> {
    const { folder, prepared } = this;
    const { test, selection } = prepared.splits;
    const dataset = test ?? selection;
    if (!confusion?.said || dataset.labels.kind !== "class") return;
    try {
      const labelled = dataset as Dataset<ClassLabels>;
      const { sheet, rows } = drawConfused(labelled, confusion, confusion.said, losses);
      await writeFileAtomic(folder.file("confused"), sheet);
      await writeFileAtomic(folder.file("confusedRows"), rows);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const message = `the images behind the confusion are not drawn: ${error.message}`;
      await this.emit({ type: "warning", message });
    }
  }

  /**
   * Evaluates what was trained of an epoch that the run stopped in. The saved state does not know of it,
   * so that the run can be resumed with more steps or minutes as if it had not stopped.
   */
  private async endPart(): Promise<void> {
    const { session } = this;
    if (session.progress().step === 0) return;
    await this.endEpoch(false);
    await this.saveWeights(await session.save());
  }

  private async summary(epochs: number, test?: Summary["test"]): Promise<Summary> {
    const { session, prepared, folder } = this;
    const { best, images, work, trainSeconds, seconds } = session.progress();
    const pass = session.stepsPerEpoch * session.batchSize;
    const { peakBytes, activationBytes } = session.memory;
    return {
      run: folder.path,
      task: prepared.net.task,
      model: prepared.net.model,
      parameters: session.layout.trainable,
      epochs,
      seed: prepared.config.seed,
      score: prepared.score,
      best: best && { epoch: best.epoch, score: best.score, ...best.metrics },
      members: best?.members,
      test,
      bytesSent: session.bytesSent,
      imagesPerSecond: images === 0 ? 0 : images / trainSeconds,
      gradients: work / pass,
      memory: { peakBytes, activationBytes },
      compression: await session.compression?.(),
      seconds,
    };
  }
}
