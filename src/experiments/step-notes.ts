/** What is said where an iteration is not as many environment steps of all settings that are compared. */
import { formatSteps } from "../viewer/step-axis.ts";
import type { SettingRuns } from "./counted-runs.ts";
import type { Level } from "./equal-steps.ts";
import { listSome } from "./list-some.ts";
import type { Plan } from "./plan.ts";
import type { ScalePoint } from "./scaling.ts";

/** A setting by its name in texts. */
export interface NamedSteps {
  readonly name: string;
  readonly stepsPerIteration: number;
}

/** "10,000 environment steps of matrpo; 4,000 of mappo, happo", or "" where an iteration is as many of all. */
export function listSteps(settings: readonly NamedSteps[]): string {
  const lengths = [...new Set(settings.map(({ stepsPerIteration }) => stepsPerIteration))];
  if (lengths.length < 2) return "";
  return lengths
    .map((steps, i) => {
      const names = new Set(
        settings.filter((one) => one.stepsPerIteration === steps).map(({ name }) => name),
      );
      const unit = i === 0 ? " environment steps" : "";
      return `${formatSteps(steps)}${unit} of ${[...names].map(quoteList).join(", ")}`;
    })
    .join("; ");
}

/** A name that has commas must not look like several. */
const quoteList = (name: string): string => (name.includes(", ") ? `"${name}"` : name);

/** A line for whoever runs or combines an experiment, for all tasks of which it is true; "" where it is of none. */
export function noteSteps({ pairs }: Pick<Plan, "pairs">): string {
  const tasks = new Map<string, string[]>();
  for (const task of new Set(pairs.map((pair) => pair.task))) {
    const steps = listSteps(
      pairs
        .filter((pair) => pair.task === task)
        .map(({ setting, config: { options } }) => ({ name: setting, ...options })),
    );
    if (steps !== "") tasks.set(steps, [...(tasks.get(steps) ?? []), task]);
  }
  return [...tasks]
    .map(
      ([steps, names]) =>
        `${listSome(names)}: an iteration is ${steps}. The report compares at the steps that all have reached; ` +
        "settings.<setting>.tasks.<task>.iterations gives each as many as it takes.\n",
    )
    .join("");
}

/** The paragraph of a task. @param groups of the task */
export function explainLevel(
  { steps, final, best }: Level,
  groups: readonly SettingRuns[],
  names: Readonly<Record<string, string>>,
): string {
  const begun = groups.filter(({ counted }) => counted.length > 0);
  const short = begun.some(({ stepsPerIteration }) => stepsPerIteration > steps);
  const lengths = listSteps(begun.map((group) => ({ ...group, name: names[group.setting] })));
  return (
    `**Compared at equal steps.** An iteration is ${lengths}. So the figure is drawn against environment steps, and ` +
    `all numbers of this task but wall time are of the first **${formatSteps(steps)}** steps, which all settings have ` +
    `reached. Final and best are means over about ${formatSteps(final)} and ${formatSteps(best)} steps instead of so many ` +
    `iterations.${short ? " A setting that takes more steps to its first iteration has no values." : ""}`
  );
}

/** The sentence of the scaling study. "" where none of its worlds is at equal steps. */
export function explainScaling(points: readonly ScalePoint[]): string {
  const worlds = new Map(points.flatMap(({ world, steps }) => (steps === undefined ? [] : [[world, steps]])));
  if (worlds.size === 0) return "";
  const list = [...worlds].map(([world, steps]) => `${world} ${formatSteps(steps)}`).join("; ");
  return ` Where an iteration is not as many environment steps of all, they are taken at equal steps: ${list}.`;
}
