/** Models out of files: what a model must be to go on from a checkpoint stands in the checkpoint. */
import * as v from "valibot";
import { CheckpointError, InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { type Checkpoint, decodeCheckpoint, LAST_CHECKPOINT } from "./checkpoint.ts";
import { fileSystem, readBytes } from "./files.ts";
import type { Model } from "./model.ts";
import { type Bytes, bytesIn } from "./saved-bytes.ts";

/** A file that `save` or a run wrote or the directory of a run (Node), or the bytes of such a file. */
export type SavedSource = string | URL | Bytes;

/** A checkpoint that was read. */
export interface Saved {
  readonly bytes: Uint8Array;
  readonly checkpoint: Checkpoint;
  /** Where it is from, for messages. */
  readonly name: string;
}

/**
 * @param from of a directory the last checkpoint is meant
 * @throws InvalidInputError when nothing can be read there, CheckpointError when it is no whole checkpoint
 */
export async function readSaved(from: SavedSource): Promise<Saved> {
  const path = pathOf(from);
  const name = path === undefined ? "checkpoint" : await fileOf(path);
  const bytes = path === undefined ? bytesIn(from) : await readBytes(name);
  if (!bytes) {
    throw new InvalidInputError(
      `A model cannot be opened from ${formatValue(from)}; give the path or file URL of what was saved, ` +
        "or its bytes as a Uint8Array or an ArrayBuffer",
    );
  }
  return { bytes, name, checkpoint: await decodeCheckpoint(bytes, name) };
}

/** The path where one is meant. @throws InvalidInputError for a URL that is no file's */
function pathOf(from: unknown): string | undefined {
  if (!(from instanceof URL)) return typeof from === "string" ? from : undefined;
  if (from.protocol !== "file:") {
    throw new InvalidInputError(
      `A model cannot be opened from ${from}; fetch it and give the bytes: await response.arrayBuffer()`,
    );
  }
  fileSystem(); // Says so where there are no files.
  return process.getBuiltinModule("node:url").fileURLToPath(from);
}

async function fileOf(path: string): Promise<string> {
  const entry = await fileSystem()
    .stat(path)
    .catch(() => undefined);
  return entry?.isDirectory() ? process.getBuiltinModule("node:path").join(path, LAST_CHECKPOINT) : path;
}

const settingsSchema = v.object({ options: v.record(v.string(), v.unknown()), seed: v.number() });

/**
 * Makes a model with the checkpoint's options, and loads it.
 * @param make with every option spelled out
 * @param changes options that shall differ
 * @throws CheckpointError when its options or its state are not those of such a model
 */
export async function openSaved<Opened extends Model>(
  { bytes, checkpoint, name }: Saved,
  make: (options: object) => Opened,
  changes: object = {},
): Promise<Opened> {
  if ("preset" in changes) {
    throw new InvalidInputError(
      `open() takes the options from ${name}, not from a preset; name those that shall differ`,
    );
  }
  const settings = v.safeParse(settingsSchema, checkpoint.settings);
  if (!settings.success) throw new CheckpointError(`${name} does not say with which options it was made.`);
  const { options, seed } = settings.output;
  const model = explaining(checkpoint, name, () => make({ ...options, seed, ...changes }));
  try {
    return await model.fromBytes(bytes, name);
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** Options that a model refuses are another algorithm's or another version's: says whose. */
function explaining<T>({ algorithm, version }: Checkpoint, name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const saved = `${name}, saved by ${algorithm} of version ${version}, cannot be opened`;
    throw new CheckpointError(`${saved}: ${error.message}`, { cause: error });
  }
}
