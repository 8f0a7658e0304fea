/** The files of an experiment's directory, and whose directory it is. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseEdited } from "../formats/edited-json.ts";
import { writeAtomically } from "../training/files.ts";
import { InvalidInputError } from "../validation/errors.ts";
import type { Plan } from "./plan.ts";

/** The experiment with every option spelled out. */
export const CONFIG = "experiment.json";
export const DATA = "data.jsonl";
export const CURVES = "curves.jsonl";
/** Folder of the run directories. */
export const RUNS = "runs";

export async function writeConfig(directory: string, { resolved }: Plan): Promise<void> {
  await writeAtomically(join(directory, CONFIG), `${JSON.stringify(resolved, null, 2)}\n`);
}

/** @throws InvalidInputError when the directory belongs to an experiment of another name */
export async function requireSameName({ name }: Pick<Plan, "name">, directory: string): Promise<void> {
  const text = await readFile(join(directory, CONFIG), "utf8").catch(() => undefined);
  const other = text === undefined ? undefined : nameIn(text);
  if (other === undefined || other === name) return;
  throw new InvalidInputError(
    `${directory} holds the experiment "${other}", not "${name}". Choose another directory with --out.`,
  );
}

/** The name in an `experiment.json`, whatever has become of the file. */
function nameIn(text: string): unknown {
  try {
    return (parseEdited(text) as { readonly name?: unknown } | null)?.name;
  } catch {
    return undefined;
  }
}

/** @throws InvalidInputError when runs were trained here: a combined report would hide some of them */
export async function requireNoRuns(directory: string): Promise<void> {
  if (!(await exists(join(directory, RUNS)))) return;
  throw new InvalidInputError(
    `${directory} holds runs of its own, and its report is theirs. Choose another directory with --out.`,
  );
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
