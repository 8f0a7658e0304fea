/**
 * `curves.jsonl`: what a report is made of, small enough to be kept in a repository. The first line is the
 * experiment, every other one a run: returns and joint KLs by iteration, and single numbers of the whole run.
 * Returns and single numbers are rounded to 5 significant digits, joint KLs to 3: about 8 KB for 500 iterations.
 */
import * as v from "valibot";
import { InvalidInputError } from "../validation/errors.ts";
import { validate } from "../validation/validate.ts";
import { groupRuns } from "./counted-runs.ts";
import type { CellResult, Measured } from "./experiment.ts";
import { klOfLearner, seconds } from "./measures.ts";
import type { Plan } from "./plan.ts";

const FORMAT = "marlstone curves 1";
const DIGITS = 5;
const KL_DIGITS = 3;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

const headSchema = v.object({ format: v.literal(FORMAT), experiment: v.unknown() });

const curveSchema = v.pipe(
  v.object({
    task: v.string(),
    setting: v.string(),
    seed: count,
    /** Of marlstone. */
    version: v.string(),
    /** 0 only of a run that failed before its first. */
    iterations: count,
    /** Why it failed; left out where it did not. */
    failure: v.optional(v.string()),
    /** Wall time of all iterations; left out where it is not known. */
    seconds: v.optional(finite),
    /** Mean over learners and all iterations; left out where it was not measured. */
    klOfLearner: v.optional(finite),
    /** By iteration; null where no episode finished. */
    meanReturn: v.array(v.nullable(finite)),
    /** By iteration; null where it was not measured, left out where it never was. */
    jointKl: v.optional(v.array(v.nullable(finite))),
  }),
  v.check(
    ({ iterations, meanReturn, jointKl }) =>
      meanReturn.length === iterations && (jointKl === undefined || jointKl.length === iterations),
    "meanReturn and jointKl must have a value for every iteration",
  ),
  v.check(
    ({ iterations, failure }) => iterations > 0 || failure !== undefined,
    "a run without an iteration must say why it failed",
  ),
);
/** One run. */
export type Curve = v.InferOutput<typeof curveSchema>;

/** The file's contents: runs that have begun or failed, in the order of tasks, settings and seeds. */
export function formatCurves(plan: Plan, results: readonly CellResult[]): string {
  const runs = groupRuns(plan, results).flatMap(({ all }) => all);
  const curves = runs
    .filter(({ metrics, failure }) => metrics.length > 0 || failure !== undefined)
    .map(toCurve);
  return [{ format: FORMAT, experiment: plan.resolved }, ...curves]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}

/** Whether a text begins as `curves.jsonl` does. */
export const areCurves = (text: string): boolean => text.startsWith(`{"format":"marlstone curves`);

/**
 * @param source names the file in messages
 * @returns the experiment as parsed JSON, not checked, and the runs
 * @throws InvalidInputError naming the line that is wrong
 */
export function parseCurves(text: string, source: string): { experiment: unknown; curves: Curve[] } {
  const [head, ...lines] = text.trimEnd().split("\n");
  const { experiment } = validate(headSchema, parseLine(head, source, 1), `${source}, line 1`);
  const curves = lines.map((line, i) =>
    validate(curveSchema, parseLine(line, source, i + 2), `${source}, line ${i + 2}`),
  );
  return { experiment, curves };
}

/** A run that has begun or failed, rounded. Rounding what `fromCurve` gives changes nothing. */
export function toCurve({ cell, metrics, failure }: Pick<CellResult, "cell" | "metrics" | "failure">): Curve {
  const { task, setting, seed, config } = cell;
  const time = seconds(metrics);
  const kl = klOfLearner(metrics);
  const measuredKl = metrics.some(({ jointKl }) => jointKl !== undefined);
  return {
    task,
    setting,
    seed,
    version: config.version,
    iterations: metrics.length,
    ...(failure !== undefined && { failure }),
    ...(time !== null && { seconds: round(time) }),
    ...(kl !== null && { klOfLearner: round(kl) }),
    meanReturn: metrics.map(({ meanReturn }) => (meanReturn === null ? null : round(meanReturn))),
    ...(measuredKl && {
      jointKl: metrics.map(({ jointKl }) => (jointKl === undefined ? null : round(jointKl, KL_DIGITS))),
    }),
  };
}

/** The run by iteration; what is known of the whole alone is spread evenly. */
export function fromCurve({ iterations, seconds, klOfLearner, meanReturn, jointKl }: Curve): Measured[] {
  return meanReturn.map((value, i) => {
    const measuredKl = jointKl?.[i] ?? undefined;
    return {
      iteration: i + 1,
      meanReturn: value,
      ...(klOfLearner !== undefined && { kl: [klOfLearner] }),
      ...(measuredKl !== undefined && { jointKl: measuredKl }),
      ...(seconds !== undefined && { seconds: { total: seconds / iterations } }),
    };
  });
}

const round = (value: number, digits = DIGITS): number => Number(value.toPrecision(digits));

/** @throws InvalidInputError naming the line */
export function parseLine(line: string, source: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new InvalidInputError(`${source}, line ${number} is not JSON: ${(error as Error).message}.`);
  }
}
