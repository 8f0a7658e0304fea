/** Reads `metrics.jsonl`, a line an iteration, which people may have edited and a crash may have cut. */
import * as v from "valibot";
import { CheckpointError } from "../validation/errors.ts";
import { validate } from "../validation/validate.ts";
import type { IterationMetrics } from "./metrics.ts";

const finite = v.pipe(v.number(), v.finite());
/** JSON has null for numbers that are not finite. */
const measured = v.nullable(finite);
const each = v.array(measured);

const evaluation = v.looseObject({
  return: finite,
  standardError: measured,
  agentReturns: each,
  length: measured,
  episodes: finite,
  metrics: v.record(v.string(), measured),
});

const seconds = v.looseObject({
  sample: finite,
  value: finite,
  policy: finite,
  total: finite,
  phases: v.optional(v.record(v.string(), finite)),
});

/** More may be there, of another version. */
const lineSchema = v.looseObject({
  iteration: finite,
  environmentSteps: finite,
  episodes: finite,
  meanReturn: measured,
  agentReturns: each,
  meanEpisodeLength: measured,
  kl: v.optional(each),
  jointKl: v.optional(measured),
  entropy: v.optional(each),
  explainedVariance: v.optional(each),
  consensusResidual: v.optional(measured),
  relativeConsensusResidual: v.optional(measured),
  seconds,
  warnings: v.array(v.string()),
  details: v.optional(v.record(v.string(), v.union([measured, each]))),
  evaluation: v.optional(evaluation),
} satisfies Record<keyof IterationMetrics, v.GenericSchema>);

/**
 * A torn last line, as a crash leaves it, is dropped.
 * @param path names the file in messages
 * @throws CheckpointError when any other line is not the metrics of the next iteration, naming what is wrong in it
 */
export function parseMetrics(text: string, path: string): IterationMetrics[] {
  const lines = text.split("\n");
  const last = lines.pop() as string;
  const metrics = lines.map((line, index) => parseLine(line, index + 1, path));
  try {
    return last === "" ? metrics : [...metrics, parseLine(last, metrics.length + 1, path)];
  } catch {
    return metrics;
  }
}

/** @returns the line as it is, so that it can be written again to the same bytes */
function parseLine(line: string, iteration: number, path: string): IterationMetrics {
  const complaint = `${path}, line ${iteration}: not the metrics of iteration ${iteration}`;
  const value = parseJson(line) as IterationMetrics | null | undefined;
  if (value?.iteration !== iteration) throw new CheckpointError(`${complaint}.`);
  try {
    validate(lineSchema, value, complaint);
  } catch (error) {
    throw new CheckpointError(`${(error as Error).message}.`, { cause: error });
  }
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
