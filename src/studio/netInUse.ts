// A run's net in use: what it says of an image that somebody brings, and the images that it is worst at.

import { realpathSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { onnxOf, zippedBundle } from "../deploy/index.js";
import { InputError } from "../inputError.js";
import {
  drawMistakes,
  type Mistake,
  openTrained,
  ownSets,
  predictFiles,
  runFiles,
  type Trained,
  WEIGHTS_FOLDER,
} from "../runs/index.js";
import type { Prediction } from "../tasks/index.js";
import type { FoundRun } from "./findRuns.js";
import { configOf, stampOfWeights } from "./head.js";
import type { ImageSets } from "./imageSets.js";

/** A net that nobody asks is closed after so long, in milliseconds. */
const IDLE = 60_000;
/** Images that are shown of those that a net is worst at. */
const WORST = 12;

/** In which forms a net is taken elsewhere. */
export type TakenForm = "onnx" | "zip";

/** A mistake, and the file of its image. */
interface OwnMistake extends Mistake {
  readonly file?: string;
}

/** The net that was asked last; the next one takes its place. */
export class NetInUse {
  private open?: { readonly key: string; readonly net: Trained; readonly worst?: OwnMistake[] };
  private timer?: NodeJS.Timeout;
  /** Whoever asks waits for who asked before. */
  private last: Promise<unknown> = Promise.resolve();

  /** @param sets whose images may be shown */
  constructor(private readonly sets: ImageSets) {}

  /**
   * What a run's net says of an image file.
   *
   * @throws InputError for what is no image, and runs that cannot be opened.
   */
  predict(run: FoundRun, bytes: Uint8Array): Promise<Prediction> {
    return this.inTurn(async () => {
      const { net } = await this.netOf(run);
      for await (const { prediction, reason } of predictFiles(net, [bytes])) {
        if (prediction) return prediction;
        throw new InputError(`the image cannot be used: ${reason}`);
      }
      throw new InputError("the file holds no image");
    });
  }

  /** The selection images with the largest losses; none where the run's data are not the studio's own. */
  worst(run: FoundRun): Promise<readonly OwnMistake[]> {
    return this.inTurn(async () => {
      const opened = await this.netOf(run);
      if (opened.worst) return opened.worst;
      const worst = await this.findWorst(opened.net);
      this.open = { ...opened, worst };
      return worst;
    });
  }

  /**
   * A run's net for other programs: an ONNX file, or a bundle in a zip file.
   *
   * @throws InputError for a net that cannot be written so, and runs that cannot be opened.
   */
  taken(run: FoundRun, form: TakenForm): Promise<Uint8Array> {
    return this.inTurn(async () => {
      const { net } = await this.netOf(run);
      return form === "onnx" ? (await onnxOf(net)).file : zippedBundle(net, basename(run.folder));
    });
  }

  /**
   * Brings an image that the net is bad at to another class.
   *
   * @param at its number
   * @throws InputError for a number or a name that is none of theirs.
   */
  async relabel(run: FoundRun, at: string, name: string): Promise<void> {
    const found = (await this.worst(run)).find((one) => `${one.at}` === at);
    if (found?.file === undefined) throw new InputError(`there is no image ${at}`);
    this.sets.move(found.file, name);
  }

  /** Frees the net. */
  close(): Promise<void> {
    return this.inTurn(() => this.drop());
  }

  private async findWorst(net: Trained): Promise<OwnMistake[]> {
    const { settings, startedIn = "" } = net.config;
    if (!this.sets.holds(resolve(startedIn, settings.data))) return [];
    const { selection } = await ownSets(net);
    if (selection.length === 0) return [];
    const { losses } = await net.evaluate(selection);
    const found: OwnMistake[] = [];
    for await (const one of drawMistakes(net, selection, losses, { count: WORST })) {
      found.push({ ...one, file: selection.ids?.[one.at] });
    }
    return found;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }

  /** A net that a run has trained on since is opened anew. */
  private async netOf(run: FoundRun) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.close(), IDLE).unref();
    const key = `${run.id} ${stampOfWeights(run.folder)}`;
    if (this.open?.key === key) return this.open;
    await this.drop();
    const config = configOf(run);
    if ("fault" in config) throw new InputError(config.fault);
    if (config.module) {
      throw new InputError(
        `${run.path} has a file of its own (${config.module.path}), which the studio does not run`,
      );
    }
    if (stampOfWeights(run.folder) === "") {
      throw new InputError(`${run.path} has no weights of its own in ${runFiles.best}`);
    }
    if (realpathSync(join(run.folder, WEIGHTS_FOLDER)) !== join(run.folder, WEIGHTS_FOLDER)) {
      throw new InputError(
        `${run.path}/${WEIGHTS_FOLDER} is a link, which the studio does not follow`,
      );
    }
    const net = await openTrained(run.folder);
    this.open = { key, net };
    return this.open;
  }

  private async drop(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    await open?.net.close();
  }
}
