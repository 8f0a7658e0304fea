/**
 * `failure.json` beside the files of a run that failed: where and why. It is there until the run is trained again,
 * so that no report passes over the run in silence.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomically } from "../training/files.ts";
import { exists } from "./experiment-directory.ts";

const FAILURE = "failure.json";

export interface Failure {
  /** The last iteration that was measured; 0 when none was. */
  readonly iteration: number;
  /** What went wrong, in full. */
  readonly error: string;
}

/** @param path of the run, which may have failed before it had a directory */
export async function writeFailure(path: string, failure: Failure): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await writeAtomically(join(path, FAILURE), `${JSON.stringify(failure, null, 2)}\n`);
  } catch {
    // What kept the run from being written may keep this from it too; the command names the run all the same.
  }
}

/** The run is trained again. */
export async function forgetFailure(path: string): Promise<void> {
  const file = join(path, FAILURE);
  if (await exists(file)) await rm(file);
}

/**
 * Why the run at `path` failed, in one line; undefined when it did not. A file that was damaged still says that it
 * failed.
 */
export async function readFailure(path: string): Promise<string | undefined> {
  const file = join(path, FAILURE);
  if (!(await exists(file))) return undefined;
  try {
    const { error } = JSON.parse(await readFile(file, "utf8")) as Failure;
    return firstLine(String(error));
  } catch {
    return `${FAILURE} is there but cannot be read`;
  }
}

/** What a report says of an error: a stack does not belong there. */
export const firstLine = (error: string): string => error.split("\n", 1)[0];
