/**
 * A run on disk: `config.json` (resolved), `metrics.jsonl` (a line an iteration), `checkpoint.safetensors`,
 * `curve.svg`, where asked for `checkpoint-best.safetensors` and `profile.json`. An existing run is never
 * overwritten; files are replaced whole or not at all.
 */

import { parseEdited } from "../formats/edited-json.ts";
import type { Profile } from "../profiling/profile.ts";
import { CheckpointError, FileError, InvalidInputError } from "../validation/errors.ts";
import { type Checkpoint, decodeCheckpoint, LAST_CHECKPOINT } from "./checkpoint.ts";
import { appendSynced, fileSystem, writeAtomically } from "./files.ts";
import type { IterationMetrics } from "./metrics.ts";
import { parseMetrics } from "./parse-metrics.ts";
import { type Catalogue, catalogue, type RunConfig, resolveRun } from "./run-config.ts";
import { joinVersions } from "./version.ts";

const FILES = {
  config: "config.json",
  metrics: "metrics.jsonl",
  checkpoint: LAST_CHECKPOINT,
  best: "checkpoint-best.safetensors",
  curve: "curve.svg",
  profile: "profile.json",
} as const;

/** Which of a run's checkpoints: of its last iteration, or the best that evaluations found. */
export type CheckpointChoice = "last" | "best";

export class RunDirectory {
  readonly path: string;
  /** Its version is the one that made the run, or all that did: "0.1.0, 0.2.0". */
  readonly config: RunConfig;
  /** Where the names in `config` come from. */
  readonly known: Catalogue;
  /** Iterations between two checkpoints of what is on disk; the configuration may ask for others from now on. */
  readonly #savedEvery: number;

  private constructor(
    path: string,
    config: RunConfig,
    known: Catalogue,
    savedEvery = config.checkpointEvery,
  ) {
    this.path = path;
    this.config = config;
    this.known = known;
    this.#savedEvery = savedEvery;
  }

  /** Starts a run at `path`. @throws InvalidInputError when there is one or the folder cannot be made */
  static async create(path: string, config: RunConfig, known = catalogue): Promise<RunDirectory> {
    const run = new RunDirectory(path, config, known);
    const found = await findFile(path);
    if (found === FILES.config) {
      throw new InvalidInputError(
        `${path} already holds a run (${found}). Continue it with --resume --out ${path}, ` +
          "or choose another directory.",
      );
    }
    if (found !== undefined) throw configurationLost(path, found);
    try {
      await fileSystem().mkdir(path, { recursive: true });
      await run.writeConfig();
    } catch (error) {
      const cause = error instanceof FileError ? error.cause : error;
      throw new InvalidInputError(`The run directory ${path} cannot be made: ${reason(cause)}.`);
    }
    await writeAtomically(run.file(FILES.metrics), "");
    return run;
  }

  /** Whether there is a run at `path`: one that died before its configuration was written is none. */
  static async exists(path: string): Promise<boolean> {
    return exists(join(path, FILES.config));
  }

  /** Opens a run. @throws InvalidInputError when there is none, CheckpointError when it is broken */
  static async open(path: string, known = catalogue): Promise<RunDirectory> {
    const file = join(path, FILES.config);
    const text = await readText(file);
    if (text === undefined) {
      const found = await findFile(path);
      if (found !== undefined && found !== FILES.config) throw configurationLost(path, found);
      throw new InvalidInputError(
        `${path} holds no run: ${file} cannot be read. Give the directory that train made.`,
      );
    }
    try {
      const stored = parseEdited(text) as { readonly version?: string };
      const config = resolveRun(stored, {}, file, known);
      return new RunDirectory(path, { ...config, version: stored.version ?? config.version }, known);
    } catch (error) {
      throw new CheckpointError(`${file} is not the configuration of a run: ${reason(error)}`, {
        cause: error,
      });
    }
  }

  file(name: string): string {
    return join(this.path, name);
  }

  get curvePath(): string {
    return this.file(FILES.curve);
  }

  /** The same directory with another configuration, not yet written; the versions that made the run stay in it. */
  with(config: RunConfig): RunDirectory {
    const version = joinVersions(this.config.version, config.version);
    return new RunDirectory(this.path, { ...config, version }, this.known, this.#savedEvery);
  }

  async writeConfig(): Promise<void> {
    await writeAtomically(this.file(FILES.config), toJson(this.config));
  }

  async appendMetrics(metrics: IterationMetrics): Promise<void> {
    await appendSynced(this.file(FILES.metrics), `${JSON.stringify(metrics)}\n`);
  }

  /** None when the run died before its first line. @throws CheckpointError when they are broken */
  async readMetrics(): Promise<IterationMetrics[]> {
    const path = this.file(FILES.metrics);
    if (!(await exists(path))) return [];
    const text = new TextDecoder().decode(await readExisting(path));
    return this.#orAdvise(() => parseMetrics(text, path));
  }

  /** Iterations that have metrics though no checkpoint was written yet: they are learned again. */
  async lostIterations(): Promise<number> {
    return (await exists(this.#checkpointPath("last"))) ? 0 : (await this.readMetrics()).length;
  }

  /** The metrics up to a checkpoint's iteration. @throws CheckpointError when some of them are missing */
  async metricsUntil(iteration: number): Promise<IterationMetrics[]> {
    const metrics = (await this.readMetrics()).slice(0, iteration);
    if (metrics.length === iteration) return metrics;
    throw this.#damage(
      `${this.file(FILES.metrics)} ends at iteration ${metrics.length}, ` +
        `but the checkpoint beside it is of iteration ${iteration}.`,
    );
  }

  /** Forgets the metrics after `iteration`, which a resumed run will write again. */
  async truncateMetrics(iteration: number): Promise<IterationMetrics[]> {
    const metrics = await this.metricsUntil(iteration);
    const lines = metrics.map((line) => `${JSON.stringify(line)}\n`);
    await writeAtomically(this.file(FILES.metrics), lines.join(""));
    return metrics;
  }

  async writeCheckpoint(bytes: Uint8Array, which: CheckpointChoice = "last"): Promise<void> {
    await writeAtomically(this.#checkpointPath(which), bytes);
  }

  /** The checkpoint, or undefined when none was written yet. @throws CheckpointError when it is damaged or lost */
  async readCheckpoint(which: CheckpointChoice = "last"): Promise<Checkpoint | undefined> {
    const path = this.#checkpointPath(which);
    if (!(await exists(path))) {
      if (which === "last") await this.#requireNoneDue();
      return undefined;
    }
    const bytes = await readExisting(path);
    return this.#orAdvise(() => decodeCheckpoint(bytes, path));
  }

  /** A run that dies just before its first checkpoint has metrics up to there, and no further. */
  async #requireNoneDue(): Promise<void> {
    const { length } = await this.readMetrics();
    if (length <= this.#savedEvery) return;
    throw this.#damage(`${this.path} has metrics to iteration ${length}, but ${FILES.checkpoint} is gone.`);
  }

  /** Adds to a complaint about a file what to do about it. */
  async #orAdvise<T>(read: () => T | Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      throw this.#damage(error.message, error);
    }
  }

  #damage(complaint: string, cause?: unknown): CheckpointError {
    const remedy = `Put a whole copy of the file back, or delete ${this.path} and train the run again.`;
    return new CheckpointError(`${complaint} ${remedy}`, { cause });
  }

  #checkpointPath(which: CheckpointChoice): string {
    return this.file(which === "best" ? FILES.best : FILES.checkpoint);
  }

  async writeCurve(svg: string): Promise<void> {
    await writeAtomically(this.curvePath, svg);
  }

  /** @returns the file */
  async writeProfile(profile: Profile): Promise<string> {
    const path = this.file(FILES.profile);
    await writeAtomically(path, toJson(profile));
    return path;
  }
}

/** A file of a run that is at `path`: the configuration if it is there. */
async function findFile(path: string): Promise<string | undefined> {
  for (const file of Object.values(FILES)) if (await exists(join(path, file))) return file;
  return undefined;
}

const configurationLost = (path: string, found: string): InvalidInputError =>
  new InvalidInputError(
    `${path} holds files of a run (${found}) without the ${FILES.config} that says which. Put it back (train with ` +
      `the same options and another --out writes the same), choose another directory, or delete ${path}.`,
  );

/** `base`, or the first of base-2, base-3, … at which there is nothing yet. */
export async function freePath(base: string): Promise<string> {
  let path = base;
  for (let n = 2; await exists(path); n++) path = `${base}-${n}`;
  return path;
}

const toJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

const join = (...parts: string[]): string => process.getBuiltinModule("node:path").join(...parts);

async function exists(path: string): Promise<boolean> {
  return fileSystem()
    .stat(path)
    .then(
      () => true,
      () => false,
    );
}

/** A file of a run that is there. @throws CheckpointError when the system does not let it be read */
async function readExisting(path: string): Promise<Uint8Array> {
  try {
    return await fileSystem().readFile(path);
  } catch (error) {
    throw new CheckpointError(
      `${path} cannot be read: ${reason(error)}. Let it be read, or put a copy of the file in its place.`,
      { cause: error },
    );
  }
}

async function readText(path: string): Promise<string | undefined> {
  return fileSystem()
    .readFile(path, "utf8")
    .catch(() => undefined);
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
