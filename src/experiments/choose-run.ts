/** The same run from several places: that it is the same, and which of them to take. */
import { InvalidInputError } from "../validation/errors.ts";
import { formatValue } from "../validation/format.ts";
import { isFinished } from "./counted-runs.ts";
import { type Curve, toCurve } from "./curves.ts";
import { type Cell, type CellResult, cellName, type Measured, madeWith } from "./experiment.ts";
import { seconds } from "./measures.ts";

/** A run that was found somewhere; its cell is that of the experiment there. */
export interface FoundRun extends CellResult {
  /** Names the place in messages. */
  readonly source: string;
}

/**
 * The longest, of equal length one that is not rounded, of these one whose times are known. It does not depend on
 * the order in which runs are given. The version in its configuration is the one that it was made with.
 * @param cell of the experiment that the run is for
 * @param found have begun
 * @throws InvalidInputError when two of them differ in an iteration that both have
 */
export function chooseRun(cell: Cell, found: readonly FoundRun[]): CellResult {
  for (const [i, run] of found.entries()) {
    for (const other of found.slice(i + 1)) requireSameRun(run, other);
  }
  const [best] = [...found].sort(byWorth);
  if (best === undefined) return { cell, metrics: [] };
  const timed = found
    .filter((run) => run.metrics.length === best.metrics.length && seconds(run.metrics) !== null)
    .sort(byWorth)[0];
  const metrics =
    timed === undefined || timed === best ? best.metrics : withTimes(best.metrics, timed.metrics);
  const failure = failureAt(best.metrics.length, found);
  const { version } = best.cell.config;
  const chosen = { cell: madeWith(version, cell), metrics, rounded: best.rounded ?? false };
  return failure === undefined || isFinished(chosen) ? chosen : { ...chosen, failure };
}

/** Of the runs that came as far as any; one that failed before where another went on does not count. */
const failureAt = (iterations: number, found: readonly FoundRun[]): string | undefined =>
  found
    .filter(({ metrics }) => metrics.length === iterations)
    .flatMap(({ failure }) => failure ?? [])
    .sort()[0];

const withTimes = (metrics: readonly Measured[], timed: readonly Measured[]): Measured[] =>
  metrics.map((line, i) => {
    const { seconds } = timed[i];
    return seconds === undefined ? line : { ...line, seconds };
  });

function byWorth(a: FoundRun, b: FoundRun): number {
  const worth = ({ metrics, rounded = false }: FoundRun): readonly number[] => [
    metrics.length,
    Number(!rounded),
    Number(seconds(metrics) !== null),
  ];
  const [first, second] = [worth(a), worth(b)];
  const decisive = first.findIndex((value, i) => value !== second[i]);
  return decisive >= 0 ? second[decisive] - first[decisive] : byText(a, b);
}

/** Runs of equal worth differ in times, or in what one version measured and the other did not. */
function byText(a: FoundRun, b: FoundRun): number {
  const [first, second] = [a, b].map(({ cell, metrics }) => JSON.stringify([cell.config.version, metrics]));
  return Number(first > second) - Number(first < second);
}

/** @throws InvalidInputError naming the first difference */
function requireSameRun(a: FoundRun, b: FoundRun): void {
  const difference = a.rounded || b.rounded ? curveDifference(a, b) : lineDifference(a, b);
  if (difference === undefined) return;
  const { path, values } = difference;
  throw new InvalidInputError(
    `${cellName(a.cell)}: ${path} is ${formatValue(values[0])} in ${a.source}, ` +
      `${formatValue(values[1])} in ${b.source}. Runs of one task, setting and seed must be the same to the bit; ` +
      "leave one of them out, or give the settings different names.",
  );
}

interface Difference {
  readonly path: string;
  readonly values: readonly [unknown, unknown];
}

/** Of runs one of which is rounded: both are. */
function curveDifference(a: FoundRun, b: FoundRun): Difference | undefined {
  const shared = Math.min(a.metrics.length, b.metrics.length);
  const [first, second] = [a, b].map((run) => comparable(toCurve(run), shared));
  return sharedDifference(first, second, "");
}

/** What must be equal of two curves of which one may be longer. */
function comparable({ iterations, klOfLearner, meanReturn, jointKl }: Curve, shared: number): object {
  return {
    meanReturn: meanReturn.slice(0, shared),
    ...(jointKl && { jointKl: jointKl.slice(0, shared) }),
    ...(iterations === shared && klOfLearner !== undefined && { klOfLearner }),
  };
}

function lineDifference(a: FoundRun, b: FoundRun): Difference | undefined {
  const shared = Math.min(a.metrics.length, b.metrics.length);
  for (let i = 0; i < shared; i++) {
    const [first, second] = [a, b].map(({ metrics: { [i]: line } }) => ({ ...line, seconds: undefined }));
    const difference = sharedDifference(first, second, "");
    if (difference) return { ...difference, path: `${difference.path} of iteration ${i + 1}` };
  }
  return undefined;
}

/** The first place that both have and that differs: another version may have measured more. */
function sharedDifference(a: unknown, b: unknown, path: string): Difference | undefined {
  if (!isObject(a) || !isObject(b)) return Object.is(a, b) ? undefined : { path, values: [a, b] };
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return { path, values: [a, b] };
  for (const key of Object.keys(a)) {
    if (!Object.hasOwn(b, key)) continue;
    const place = Array.isArray(a) ? `${path}[${Number(key) + 1}]` : path === "" ? key : `${path}.${key}`;
    const difference = sharedDifference(a[key], b[key], place);
    if (difference) return difference;
  }
  return undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
