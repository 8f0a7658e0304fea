/** `results.md`: the numbers of an experiment as tables, every figure, and how it was made. */
import { studentInterval } from "../statistics/student.ts";
import { describeEnvironment, describeRun } from "../training/describe-run.ts";
import type { Catalogue } from "../training/run-config.ts";
import { listVersions } from "../training/version.ts";
import { LINE_STYLES } from "../viewer/palette.ts";
import { formatSteps } from "../viewer/step-axis.ts";
import type { Comparison } from "./comparisons.ts";
import { isFinished, type SettingRuns } from "./counted-runs.ts";
import type { CellResult, Experiment, Reference } from "./experiment.ts";
import { formatDuration, formatNumber, markdownTable, plusMinus, withBounds } from "./markdown.ts";
import { BEST_WINDOW, FINAL_WINDOW } from "./measures.ts";
import type { ScalePoint } from "./scaling.ts";
import { type ScoreSummary, scoredTasks } from "./scores.ts";
import { explainLevel, explainScaling } from "./step-notes.ts";
import type { Measure, SettingSummary, Summary, TaskSummary } from "./summary.ts";
import type { TimeSummary } from "./times.ts";

export interface Results {
  readonly experiment: Experiment;
  /** What to call each setting; no two are called alike. */
  readonly names: Readonly<Record<string, string>>;
  readonly groups: readonly SettingRuns[];
  readonly summary: Summary;
  readonly times: readonly TimeSummary[];
  readonly scaling: readonly ScalePoint[];
  readonly known: Catalogue;
}

/** All but what stands under the heading "Wall time" is the same whenever the experiment is made: times are below. */
export function resultsPage(results: Results): string {
  const { experiment, summary } = results;
  const sections = [
    `# ${experiment.title}`,
    ...overview(results),
    ...summary.tasks.flatMap((task) => taskSection(task, results)),
    ...(summary.scores ? scoreSection(summary.scores, results) : []),
    readingSection(summary),
    ...timeSection(results),
  ];
  return `${sections.join("\n\n")}\n`;
}

function overview({ experiment, names, groups, known }: Results): string[] {
  const runs = groups.flatMap(({ all }) => all);
  const failed = runs.filter(({ failure }) => failure !== undefined);
  const open = runs.filter((run) => !isFinished(run) && run.failure === undefined);
  const begun = runs.filter(({ metrics }) => metrics.length > 0);
  const made = begun.length > 0 ? begun : runs;
  const versions = [...new Set(made.flatMap(({ cell }) => listVersions(cell.config.version)))];
  const settings = Object.entries(names).map(([setting, name]) => {
    const cells = experiment.cells.filter((cell) => cell.setting === setting);
    return [name, [...new Set(cells.map(({ config }) => describeRun(config, known)))].join("; ")];
  });
  const lost = failed.length > 0 ? `, ${failed.length} failed` : "";
  const counts = `${runs.filter(isFinished).length} of ${runs.length} runs finished${lost}`;
  return [
    `${counts}. Made with Marlstone ${versions.join(", ")}; again by \`marlstone experiment experiment.json\`.`,
    markdownTable([["setting", "algorithm, preset, what is other than it"], ...settings]),
    ...(settings.length > LINE_STYLES ? [REPEATED] : []),
    ...(failed.length > 0 ? [FAILED, listRuns(failed)] : []),
    ...(open.length > 0 ? [UNFINISHED, listRuns(open)] : []),
  ];
}

const REPEATED =
  `**Lines that look alike.** Figures have ${LINE_STYLES} different lines, for the settings of most tasks first; further settings look ` +
  "like those again, in the order of the legend. Tell them apart by the tables.";
const FAILED =
  "**Failed runs.** An error ended these before their last iteration. They are not averaged, so the means flatter " +
  "their settings: they are those of the seeds that did not fail.";
const UNFINISHED =
  "**Unfinished runs.** A setting is judged by its finished runs; while it has none, by all that have begun and not " +
  "failed, up to the iteration that all of them have reached.";

const listRuns = (runs: readonly CellResult[]): string =>
  runs
    .map(({ cell, metrics, failure }) => {
      const reached = `- ${cell.directory}: ${metrics.length} of ${cell.config.iterations} iterations`;
      return failure === undefined ? reached : `${reached}; ${failure}`;
    })
    .join("\n");

function taskSection({ task, level, settings, comparisons }: TaskSummary, results: Results): string[] {
  const { experiment, names, groups, known } = results;
  const { title, references = [] } = experiment.tasks[task];
  const here = groups.filter((group) => group.task === task);
  const begun = here.some(({ counted }) => counted.length > 0);
  return [
    `## ${title}`,
    `${describeEnvironment(here[0].all[0].cell.config, known)}.`,
    ...(begun ? [`![${title}](${task}.svg)`] : []),
    ...references.map((known) => {
      const drawn = level && known.points ? "Known by iteration, so not in the figure" : "Dashed line";
      return `${drawn}: ${known.title}${describeReference(known)}.`;
    }),
    ...(level ? [explainLevel(level, here, names)] : []),
    markdownTable([MEASURES, ...settings.map((setting) => measureRow(setting, names))]),
    "Final return of every seed:",
    seedTable(settings, names),
    ...(comparisons.length > 0 ? ["Settings against each other:", comparisonTable(comparisons, names)] : []),
  ];
}

/** ", 4.50", ": −292.0 at iteration 1, −65.30 at 500" */
const describeReference = ({ value, points }: Reference): string =>
  points === undefined
    ? `, ${formatNumber(value)}`
    : `: ${points.map(([at, known], i) => `${formatNumber(known)} at ${i === 0 ? "iteration " : ""}${at}`).join(", ")}`;

const MEASURES = [
  "setting",
  "runs",
  "iterations",
  "final",
  "final, interquartile mean",
  "best",
  "area",
  "KL of a learner",
  "joint KL",
];

function measureRow(summary: SettingSummary, names: Results["names"]): string[] {
  const { setting, iterations, final } = summary;
  const planned = Math.max(...summary.runs.map((run) => run.planned));
  const student = (measure: Measure | null): string =>
    measure ? plusMinus(measure.student, measure.seeds.length) : "–";
  return [
    names[setting],
    countRuns(summary),
    iterations === planned ? String(planned) : `${iterations} of ${planned}`,
    student(final),
    final ? withBounds(final.interquartile, final.seeds.length) : "–",
    student(summary.best),
    student(summary.area),
    student(summary.klOfLearner),
    student(summary.jointKl),
  ];
}

/** "5", "3 of 5", "3 of 5, 2 failed", "4 of 5, 1 without a final return": how many the final return is of. */
function countRuns({ runs, final }: SettingSummary): string {
  const counted = runs.filter((run) => run.counted).length;
  const failed = runs.filter(({ failure }) => failure !== undefined).length;
  const valued = final?.seeds.length ?? 0;
  const without = counted - valued;
  return [
    valued === runs.length ? String(valued) : `${valued} of ${runs.length}`,
    ...(without > 0 ? [`${without} without a final return`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ].join(", ");
}

function seedTable(summaries: readonly SettingSummary[], names: Results["names"]): string {
  const seeds = [...new Set(summaries.flatMap(({ runs }) => runs.map(({ seed }) => seed)))];
  const rows = summaries.map(({ setting, final }) => {
    const values = new Map(final?.seeds.map(({ seed, value }) => [seed, formatNumber(value)]));
    return [names[setting], ...seeds.map((seed) => values.get(seed) ?? "–")];
  });
  return markdownTable([["setting", ...seeds.map((seed) => `seed ${seed}`)], ...rows]);
}

function comparisonTable(comparisons: readonly Comparison[], names: Results["names"]): string {
  const [{ steps }] = comparisons;
  const reach = steps === undefined ? "iterations" : "steps";
  const head = ["difference of final returns", "seeds", reach, "mean", "bootstrap", "P(first higher)"];
  const rows = comparisons.map(
    ({ first, second, differences, student, bootstrap, probability, runs, iterations }) => [
      `${names[first]} − ${names[second]}`,
      String(differences.length),
      steps === undefined ? String(iterations) : formatSteps(steps),
      plusMinus(student, differences.length),
      withBounds(bootstrap, differences.length),
      // One run a side leaves nothing to draw anew; one of a side among several of the other does.
      withBounds(probability, Math.max(...runs)),
    ],
  );
  return markdownTable([head, ...rows]);
}

function scoreSection(scores: readonly ScoreSummary[], results: Results): string[] {
  const { experiment, names, groups } = results;
  const [{ iterations }] = scores;
  const scales = scoredTasks(experiment, groups).map(({ task, low, high }, i) => {
    const level = levelOf(task, results);
    const reach = level ? `${formatSteps(level.steps)} steps` : `iteration ${iterations[i]}`;
    const { title } = experiment.tasks[task];
    return `${title} ${formatNumber(low)} to ${formatNumber(high)}, ${reach}`;
  });
  const rows = scores.map((summary) => [
    names[summary.setting],
    summary.interquartile
      ? withBounds(summary.interquartile, summary.runs)
      : explainMissing(summary, results),
    summary.mean ? withBounds(summary.mean, summary.runs) : "–",
  ]);
  return [
    "## All tasks together",
    `Final returns as scores, 0 to 1, of a task at the iteration that all settings have reached: ${scales.join("; ")}.`,
    markdownTable([["setting", "interquartile mean of all runs", "mean of tasks"], ...rows]),
  ];
}

const levelOf = (task: string, { summary }: Results): TaskSummary["level"] =>
  summary.tasks.find((one) => one.task === task)?.level;

/** "no run on a, b; no finished episode on c" */
function explainMissing({ setting, missing }: ScoreSummary, results: Results): string {
  const reasonOf = (task: string): string => {
    const group = results.groups.find((one) => one.task === task && one.setting === setting);
    const { steps = Number.POSITIVE_INFINITY } = levelOf(task, results) ?? {};
    if (group && group.counted.length > 0 && group.stepsPerIteration > steps) return "no iteration by then";
    if (group && group.counted.length > 0) return "no finished episode";
    return group?.all.some(({ failure }) => failure !== undefined) ? "only failed runs" : "no run";
  };
  return [...new Set(missing.map(reasonOf))]
    .map((reason) => `${reason} on ${missing.filter((task) => reasonOf(task) === reason).join(", ")}`)
    .join("; ");
}

const readingSection = ({ tasks }: Summary): string =>
  [
    "## How to read the numbers\n",
    "- Return: sum over agents of the rewards of an episode, mean over the episodes that ended in an iteration.",
    `- Final: mean return of the last ${FINAL_WINDOW} iterations; best: highest mean of ${BEST_WINDOW} in a row; area: mean of all.`,
    "- a ± b: mean over seeds and half the width of Student's 95 % interval of that mean.",
    "- a [b, c]: estimate and 95 % bootstrap interval, which is too narrow when seeds are few.",
    "- Differences are taken seed by seed, at the iteration both settings have reached.",
    ...(tasks.some(({ level }) => level) ? [LEVEL] : []),
    "- KL: mean over iterations. The joint KL is how far the policy that acts moves; a learner of matrpo also moves its " +
      "estimates of its fellows.",
    "- One seed gives a value without an interval.",
  ].join("\n");

const LEVEL =
  "- Where an iteration is not as many environment steps of all settings of a task, all of it is taken at equal " +
  "steps instead, as its section says; the area is the mean up to there.";

function timeSection({ experiment, names, times, scaling }: Results): string[] {
  const rows = times.map(({ task, setting, seconds, secondsPerIteration }) => [
    experiment.tasks[task].title,
    names[setting],
    meanPlusMinus(secondsPerIteration),
    seconds.length > 0 ? formatDuration(seconds.reduce((sum, { value }) => sum + value, 0)) : "–",
    seconds.map(({ seed, value }) => `${seed}: ${formatDuration(value)}`).join("; "),
  ]);
  return [
    "## Wall time",
    "Seconds as each run measured them, files not counted; runs made at the same time slow each other.",
    markdownTable([["task", "setting", "seconds an iteration", "all runs", "each seed"], ...rows]),
    ...(scaling.length > 0 ? scalingSection(scaling, names) : []),
  ];
}

function scalingSection(points: readonly ScalePoint[], names: Results["names"]): string[] {
  const head = [
    "world",
    "setting",
    "agents",
    "iterations",
    "seeds",
    "return per agent",
    "seconds an iteration",
  ];
  const rows = points.map(({ world, setting, agents, iterations, returnPerAgent, secondsPerIteration }) => [
    world,
    names[setting],
    String(agents),
    String(iterations),
    String(returnPerAgent.length),
    meanPlusMinus(returnPerAgent),
    meanPlusMinus(secondsPerIteration),
  ]);
  return [
    "## Scaling",
    "Final return divided by the number of agents, and seconds an iteration, with Student's 95 % intervals over seeds. " +
      "The teams of a world and setting are taken at the iteration that all of them have reached." +
      explainScaling(points),
    "![Scaling](scaling.svg)",
    markdownTable([head, ...rows]),
  ];
}

const meanPlusMinus = (values: readonly number[]): string =>
  values.length === 0 ? "–" : plusMinus(studentInterval(values), values.length);
