/**
 * A report that is kept without its runs: what it was made of is known from `curves.jsonl` and `data.jsonl` beside
 * it alone, so no other report may replace them unseen.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InvalidInputError } from "../validation/errors.ts";
import { parseCurves, toCurve } from "./curves.ts";
import { parseData } from "./data-lines.ts";
import { type Cell, type CellResult, cellName } from "./experiment.ts";
import { CURVES, DATA, exists, RUNS } from "./experiment-directory.ts";
import { listSome } from "./list-some.ts";

/** A run as one of the files tells it. */
interface KeptRun extends Pick<Cell, "task" | "setting" | "seed"> {
  /** By iteration; null where no episode finished. */
  readonly meanReturn: readonly (number | null)[];
  /** Known from `curves.jsonl`. */
  readonly rounded: boolean;
}

/** @throws InvalidInputError when a report was put together here, which training would replace by its own */
export async function requireNoCombination(directory: string): Promise<void> {
  if (await exists(join(directory, RUNS))) return;
  const runs = new Set((await readKept(directory)).map(cellName)).size;
  if (runs === 0) return;
  throw new InvalidInputError(
    `${directory} holds the report of ${runs} runs that are not in it, which this one would replace. Choose another ` +
      `directory with --out and put both together with "combine", or delete ${CURVES} and ${DATA} to begin anew.`,
  );
}

/**
 * @param results what the report is to be made of
 * @throws InvalidInputError naming runs of the report in `directory` that they lack, or have shorter, otherwise, or
 * rounded alone
 */
export async function requireNothingLost(directory: string, results: readonly CellResult[]): Promise<void> {
  const found = new Map(results.map((result) => [cellName(result.cell), result]));
  const lost = (await readKept(directory)).filter((kept) => !isIn(kept, found.get(cellName(kept))));
  const names = [...new Set(lost.map(cellName))];
  if (names.length === 0) return;
  throw new InvalidInputError(
    `The report in ${directory} would be lost: it has runs that the places do not have, or not as far or not in ` +
      `full: ${listSome(names)}. Name ${directory} as a place too, or choose another ` +
      "directory with --out.",
  );
}

/** None where there is no report. @throws InvalidInputError when a file is damaged */
async function readKept(directory: string): Promise<KeptRun[]> {
  const [curves, data] = [CURVES, DATA].map((name) => join(directory, name));
  const [rounded, full] = await Promise.all(
    [curves, data].map((path) => readFile(path, "utf8").catch(() => "")),
  );
  return [
    ...(rounded === "" ? [] : parseCurves(rounded, curves).curves.map((run) => ({ ...run, rounded: true }))),
    ...parseData(full, data).map(({ metrics, ...about }) => {
      return { ...about, meanReturn: metrics.map(({ meanReturn }) => meanReturn), rounded: false };
    }),
  ];
}

/** A run without an iteration holds nothing that could be lost. */
function isIn({ meanReturn, rounded }: KeptRun, result: CellResult | undefined): boolean {
  if (meanReturn.length === 0) return true;
  if (result === undefined || (result.rounded && !rounded)) return false;
  const found = rounded ? toCurve(result).meanReturn : result.metrics.map((line) => line.meanReturn);
  return meanReturn.every((value, i) => value === found[i]);
}
