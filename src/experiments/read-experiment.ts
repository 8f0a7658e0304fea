/**
 * An experiment and its runs from what is left of it: a directory with runs, or with `data.jsonl` or `curves.jsonl`
 * alone; one of these files; or an experiment file without runs. Nothing is changed.
 */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseEdited } from "../formats/edited-json.ts";
import { differences } from "../training/differences.ts";
import { type Catalogue, catalogue, learningSettings } from "../training/run-config.ts";
import { RunDirectory } from "../training/run-directory.ts";
import { version } from "../training/version.ts";
import { InvalidInputError } from "../validation/errors.ts";
import type { FoundRun } from "./choose-run.ts";
import { isFinished } from "./counted-runs.ts";
import { areCurves, fromCurve, parseCurves } from "./curves.ts";
import { parseData } from "./data-lines.ts";
import { type Cell, cellName, madeWith } from "./experiment.ts";
import { CONFIG, CURVES, DATA, exists, RUNS } from "./experiment-directory.ts";
import { type Plan, planExperiment } from "./plan.ts";
import { Problems } from "./problems.ts";
import { type CellRecord, readCell } from "./train-cell.ts";

/** What was found at one place. */
export interface FoundExperiment {
  /** The path that was given. */
  readonly source: string;
  readonly plan: Plan;
  /** Those that have begun or failed; a run may be there twice, in full and rounded. */
  readonly runs: readonly FoundRun[];
}

/**
 * A directory is judged by its runs where it has the folder of them, else by its files. Runs have at most the
 * iterations that the experiment asks for.
 * @throws InvalidInputError when there is no experiment, or its runs have other settings or are damaged
 */
export async function readExperiment(path: string, known: Catalogue = catalogue): Promise<FoundExperiment> {
  const place = await stat(path).catch((error: Error) => {
    throw new InvalidInputError(`${path} cannot be read: ${error.message}.`);
  });
  if (place.isDirectory()) return readDirectory(path, known);
  const text = await readFile(path, "utf8");
  if (areCurves(text)) return readCurves(path, text, await readPlanBeside(path, known), known);
  if (path.endsWith(".jsonl"))
    return readData(path, text, requirePlan(await readPlanBeside(path, known), path));
  return { source: path, plan: toPlan(parseJson(text, path), path, known).plan, runs: [] };
}

/** A plan and the version that made its runs. */
interface Dated {
  readonly plan: Plan;
  readonly version: string;
}

async function readDirectory(path: string, known: Catalogue): Promise<FoundExperiment> {
  const dated = await readPlanBeside(join(path, CONFIG), known);
  if (await exists(join(path, RUNS))) return readRuns(path, requirePlan(dated, path), known);
  const [data, curves] = await Promise.all([DATA, CURVES].map((name) => readText(join(path, name))));
  const kept = curves === undefined ? undefined : readCurves(join(path, CURVES), curves, dated, known);
  const full =
    data === undefined ? undefined : readData(join(path, DATA), data, requirePlan(dated, path), kept?.runs);
  const plan = (full ?? kept ?? requirePlan(dated, path)).plan;
  return { source: path, plan, runs: [...(full?.runs ?? []), ...(kept?.runs ?? [])] };
}

async function readRuns(path: string, dated: Dated, known: Catalogue): Promise<FoundExperiment> {
  const problems = new Problems();
  const runs: FoundRun[] = [];
  for (const cell of dated.plan.cells) {
    const source = join(path, cell.directory);
    const record = await problems.attemptAsync(cellName(cell), () => readRun(source, cell, known));
    if (record) runs.push(...found(record.version, cell, record, source));
  }
  problems.report(path);
  return { source: path, plan: dated.plan, runs };
}

async function readRun(source: string, cell: Cell, known: Catalogue): Promise<CellRecord> {
  if (await RunDirectory.exists(source)) {
    const { config } = await RunDirectory.open(source, known);
    requireSettings(config, cell, source, CONFIG);
  }
  return readCell(source, cell.config, known);
}

/**
 * @param dated its version is that of the report, which may be newer than the runs
 * @param beside the same runs where they are told with their versions
 */
function readData(
  source: string,
  text: string,
  { plan, version }: Dated,
  beside: readonly FoundRun[] = [],
): FoundExperiment {
  const runs = parseData(text, source).flatMap(({ metrics, ...about }) => {
    const cell = findCell(plan, about, source);
    const same = beside.find((run) => run.cell.directory === cell.directory);
    return found(same?.cell.config.version ?? version, cell, { metrics }, source);
  });
  return { source, plan, runs };
}

/** @param beside what `experiment.json` in the same folder says; it is how the experiment is called and shown */
function readCurves(
  source: string,
  text: string,
  beside: Dated | undefined,
  known: Catalogue,
): FoundExperiment {
  const { experiment, curves } = parseCurves(text, source);
  const own = toPlan(experiment, `${source}, line 1`, known);
  const { plan } = beside ?? own;
  const runs = curves.flatMap((curve) => {
    const cell = findCell(plan, curve, source);
    requireSettings(findCell(own.plan, curve, source).config, cell, source, CONFIG);
    const { version, failure } = curve;
    return found(version, cell, { metrics: fromCurve(curve), failure, rounded: true }, source);
  });
  return { source, plan, runs };
}

/** None when the run has neither begun nor failed. */
function found(
  version: string,
  cell: Cell,
  { metrics, failure, rounded = false }: Partial<FoundRun> & Pick<FoundRun, "metrics">,
  source: string,
): FoundRun[] {
  if (metrics.length === 0 && failure === undefined) return [];
  const { iterations } = cell.config;
  const run = { source, cell: madeWith(version, cell), metrics: metrics.slice(0, iterations), rounded };
  return [failure === undefined || isFinished(run) ? run : { ...run, failure }];
}

function findCell({ cells }: Plan, wanted: Parameters<typeof cellName>[0], source: string): Cell {
  const cell = cells.find((one) => cellName(one) === cellName(wanted));
  if (cell) return cell;
  throw new InvalidInputError(
    `${source} has a run of ${cellName(wanted)}, which its experiment does not have. ` +
      `Put the ${CONFIG} beside it that it was written with.`,
  );
}

/** @throws InvalidInputError when the run was not made with the settings of its cell */
function requireSettings(made: Cell["config"], { config }: Cell, source: string, where: string): void {
  const different = differences(learningSettings(made), learningSettings(config), "the run", where);
  if (different.length > 0) {
    throw new InvalidInputError(`${source} is another experiment's: ${different.join("; ")}`);
  }
}

/** The experiment that `experiment.json` in the folder of `path` says, if there is one. */
async function readPlanBeside(path: string, known: Catalogue): Promise<Dated | undefined> {
  const file = join(dirname(path), CONFIG);
  const text = await readText(file);
  return text === undefined ? undefined : toPlan(parseJson(text, file), file, known);
}

function requirePlan(dated: Dated | undefined, path: string): Dated {
  if (dated) return dated;
  const where = basename(path) === DATA ? `beside ${path}` : `in ${path}`;
  throw new InvalidInputError(`There is no ${CONFIG} ${where}, which says what the runs are. Put it there.`);
}

function toPlan(file: unknown, source: string, known: Catalogue): Dated {
  const plan = planExperiment(file, source, known);
  return { plan, version: (file as { readonly version?: string }).version ?? version };
}

function parseJson(text: string, source: string): unknown {
  try {
    return parseEdited(text);
  } catch (error) {
    throw new InvalidInputError(`${source} is not JSON: ${(error as Error).message}.`);
  }
}

const readText = (path: string): Promise<string | undefined> => readFile(path, "utf8").catch(() => undefined);
