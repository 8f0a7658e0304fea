/**
 * A checkpoint: everything from which learning continues to the same bits, as one safetensors file. The
 * algorithm's tensors keep their names; counters, random streams and environment copies are exact JSON in a
 * tensor of bytes; the metadata say what learned what, with which settings. A SHA-256 finds any damage.
 * Nothing in it is code.
 */
import * as v from "valibot";
import type { TaskShape } from "../algorithms/algorithm.ts";
import { parseExact, stringifyExact } from "../formats/exact-json.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type FileTensor,
  type TensorFile,
} from "../formats/safetensors.ts";
import { CheckpointError, InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { differences } from "./differences.ts";
import type { LearnerState } from "./learner.ts";
import { version } from "./version.ts";

/** What a checkpoint says about itself. */
export interface CheckpointAbout {
  readonly algorithm: string;
  readonly task: TaskShape;
  /** Whatever the bits depend on beside the state: options, seed, environment. Plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How good it was found to be, of a checkpoint that is kept for that. */
  readonly score?: Score;
}
export interface Checkpoint extends CheckpointAbout {
  readonly state: LearnerState;
  /** Version of the package that wrote it. */
  readonly version: string;
}

const scoreSchema = v.strictObject({
  return: v.number(),
  standardError: v.nullable(v.number()),
  episodes: v.number(),
  seed: v.number(),
  deterministic: v.boolean(),
});
/** The return of a team, and how it was evaluated. */
export type Score = Readonly<v.InferOutput<typeof scoreSchema>>;

/** In the directory of a run, the checkpoint of its last iteration. */
export const LAST_CHECKPOINT = "checkpoint.safetensors";

const FORMAT = "marlstone-checkpoint-1";
const STATE = "marlstone.state";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const stateSchema = v.strictObject({
  iteration: count,
  environmentSteps: count,
  collector: v.strictObject({
    iteration: count,
    random: v.array(v.number()),
    copies: v.optional(v.array(v.unknown())),
    memory: v.optional(v.array(v.number())),
  }),
  facts: v.record(v.string(), v.unknown()),
});
const sizes = v.array(count);
const taskSchema = v.strictObject({
  agents: v.array(v.string()),
  observationSizes: sizes,
  action: v.picklist(["discrete", "continuous"]),
  headSizes: v.array(sizes),
  actionSizes: sizes,
  bounds: v.exactOptional(v.array(v.strictObject({ low: v.array(v.number()), high: v.array(v.number()) }))),
  masked: v.boolean(),
  stateSize: count,
  agentStateSize: v.optional(count, 0),
});

export async function encodeCheckpoint(
  state: LearnerState,
  about: CheckpointAbout,
): Promise<Uint8Array<ArrayBuffer>> {
  const { algorithm, ...rest } = state;
  const json = new TextEncoder().encode(stringifyExact({ ...rest, facts: algorithm.facts }));
  const tensors = new Map<string, FileTensor>([[STATE, { shape: [json.length], values: json }]]);
  for (const [name, tensor] of Object.entries(algorithm.tensors)) tensors.set(name, tensor);
  const metadata = new Map([
    ["format", FORMAT],
    ["version", version],
    ["algorithm", about.algorithm],
    ["task", JSON.stringify(about.task)],
    ["settings", JSON.stringify(about.settings)],
  ]);
  if (about.score) metadata.set("score", JSON.stringify(about.score));
  return encodeSafetensors(tensors, metadata);
}

/**
 * @param path names the file in messages
 * @throws CheckpointError, and nothing else, when the bytes are not a whole checkpoint
 */
export async function decodeCheckpoint(bytes: Uint8Array, path: string): Promise<Checkpoint> {
  try {
    return readCheckpoint(await decodeSafetensors(bytes));
  } catch (error) {
    if (error instanceof CheckpointError) throw new CheckpointError(`${path}: ${error.message}`);
    throw error;
  }
}

/** @throws CheckpointError naming the first thing in which the two tasks differ */
export function requireSameTask(
  checkpoint: Checkpoint,
  algorithm: string,
  task: TaskShape,
  path: string,
): void {
  const saved = { algorithm: checkpoint.algorithm, task: checkpoint.task };
  const [difference] = differences(saved, { algorithm, task }, "the checkpoint", "this model");
  if (difference) throw new CheckpointError(`${path} belongs to another task: ${difference}.`);
}

/**
 * Options that say which networks there are and what their parameters mean. Some show in no size of a tensor, the others
 * are clearer by name.
 */
const NETWORK_OPTIONS: readonly string[] = [
  ...["hiddenSizes", "activation", "inputNorm", "hiddenNorm", "recurrent", "recurrentCritics", "sharing"],
  ...["agentNumbers", "critic", "criticInput", "criticSharing", "meanForm", "deviationForm"],
  ...["mixer", "agentId", "lastAction", "hiddenSize", "mixingSize", "hypernetSize"],
];

/**
 * @param settings of the model, as a checkpoint has them
 * @throws CheckpointError naming the option by which the networks would be others or act otherwise
 */
export function requireSameFunction(
  checkpoint: Pick<Checkpoint, "settings">,
  settings: Checkpoint["settings"],
  path: string,
): void {
  const [saved, own] = [optionsOf(checkpoint), optionsOf({ settings })];
  for (const name of NETWORK_OPTIONS) {
    if (saved[name] === undefined || own[name] === undefined) continue;
    if (differences(saved[name], own[name], "", "").length === 0) continue;
    const [there, here] = [formatValue(saved[name]), formatValue(own[name])];
    throw new CheckpointError(
      `${path} was saved with ${name} ${there}, this model has ${here}, with which its networks are others or act ` +
        `otherwise; make the model with ${name}: ${there}, or with open(), which takes the options from the file.`,
    );
  }
}

/** In which options a model is not what the checkpoint is of, as a sentence; "" when in none. */
export function describeDifferences(
  checkpoint: Pick<Checkpoint, "settings">,
  settings: Checkpoint["settings"],
): string {
  const found = differences(optionsOf(checkpoint), optionsOf({ settings }), "the file", "this model");
  return found.length === 0 ? "" : ` Options differ: ${found.join("; ")}.`;
}

const optionsOf = ({ settings }: Pick<Checkpoint, "settings">): Readonly<Record<string, unknown>> => ({
  ...(settings.options as object),
});

function readCheckpoint({ tensors, metadata, verified }: TensorFile): Checkpoint {
  const state = tensors.get(STATE);
  const format = metadata.get("format");
  if (format !== FORMAT || !(state?.values instanceof Uint8Array)) {
    throw new CheckpointError(`A safetensors file, but no checkpoint of this version (${FORMAT}).`);
  }
  if (!verified) throw new CheckpointError("The checkpoint has lost the SHA-256 that proves it whole.");
  const { values } = state;
  const facts = parse("state", stateSchema, () => new TextDecoder("utf-8", { fatal: true }).decode(values));
  const { iteration, random, copies, memory } = facts.collector;
  const score = metadata.get("score");
  const entries = [...tensors].filter(([name]) => name !== STATE);
  const arrays = Object.fromEntries(entries.map(([name, tensor]) => [name, requireF32(name, tensor)]));
  return {
    version: metadata.get("version") ?? "unknown",
    algorithm: metadata.get("algorithm") ?? "unknown",
    task: parse("task", taskSchema, () => metadata.get("task") ?? ""),
    settings: parse("settings", v.record(v.string(), v.unknown()), () => metadata.get("settings") ?? ""),
    ...(score !== undefined && { score: parse("score", scoreSchema, () => score) }),
    state: {
      iteration: facts.iteration,
      environmentSteps: facts.environmentSteps,
      collector: { iteration, random, ...(copies && { copies }), ...(memory && { memory }) },
      algorithm: { tensors: arrays, facts: facts.facts },
    },
  };
}

function parse<T extends v.GenericSchema>(what: string, schema: T, text: () => string): v.InferOutput<T> {
  try {
    return v.parse(schema, parseExact(text()));
  } catch {
    throw new CheckpointError(`The ${what} in the checkpoint cannot be read.`);
  }
}

function requireF32(name: string, { shape, values }: FileTensor) {
  if (values instanceof Float32Array) return { shape, values };
  throw new CheckpointError(`The tensor "${name}" in the checkpoint is not F32.`);
}

/**
 * Turns an algorithm's complaint about a state into one about the file it came from.
 * @param hint sentences to add
 */
export function asCheckpointError(error: unknown, path: string, hint = ""): unknown {
  if (!(error instanceof InvalidInputError)) return error;
  return new CheckpointError(`${path} cannot be loaded: ${error.message}${hint}`, { cause: error });
}
