/**
 * Several experiments as one: the union of their tasks, settings and seeds. What has the same name must be the same;
 * what only one of them says is taken from it. The order of the experiments does not matter.
 */
import { differences } from "../training/differences.ts";
import { watchEntries } from "../training/run-config.ts";
import { InvalidInputError } from "../validation/errors.ts";
import type { Reference } from "./experiment.ts";
import type { ExperimentInput } from "./experiment-config.ts";
import { byName, byNumber, mergeOrders } from "./merge-orders.ts";
import type { Plan } from "./plan.ts";
import { Problems } from "./problems.ts";
import type { Pair } from "./spell-out.ts";

/** An experiment and where it is from. */
export interface Sourced {
  /** Names it in messages. */
  readonly source: string;
  readonly plan: Plan;
}

/** How to call the union. @defaultValue as all experiments are called */
export interface Naming {
  readonly name?: string | undefined;
  readonly title?: string | undefined;
}

/**
 * A file of the union. Tasks, settings and seeds stand in the order in which the experiments have them, and by name
 * where that leaves a choice; a pair has the most iterations that any of them gives it.
 * @throws InvalidInputError naming everything in which two experiments contradict each other
 */
export function uniteExperiments(parts: readonly Sourced[], naming: Naming = {}): ExperimentInput {
  const union = new Union(parts);
  const files = parts.map(({ plan }) => plan.resolved);
  const file = {
    name: naming.name ?? union.agreed("name; choose one with --name", ({ resolved }) => resolved.name),
    title: naming.title ?? union.agreed("title; choose one with --title", ({ resolved }) => resolved.title),
    tasks: union.tasks(),
    settings: union.settings(),
    seeds: mergeOrders(
      files.map(({ seeds }) => seeds as number[]),
      byNumber,
    ),
    iterations: most(files.map(({ iterations }) => iterations)),
    ...keptAlike(files),
  };
  union.problems.report("These experiments do not fit together");
  return file as ExperimentInput;
}

type Tasks = ExperimentInput["tasks"];
type Settings = ExperimentInput["settings"];

class Union {
  readonly #parts: readonly Sourced[];
  readonly problems = new Problems();

  constructor(parts: readonly Sourced[]) {
    if (parts.length === 0) throw new InvalidInputError("There is nothing to combine; name an experiment.");
    this.#parts = parts;
  }

  /** What all parts say that say anything, which must be the same. */
  agreed<T>(what: string, of: (plan: Plan) => T | undefined): T | undefined {
    const said = this.#parts.flatMap(({ source, plan }) => {
      const value = of(plan);
      return value === undefined ? [] : [{ source, value }];
    });
    const [first, ...others] = said;
    for (const { source, value } of others) {
      for (const found of differences(first.value, value, first.source, source, what))
        this.problems.add(found);
    }
    return first?.value;
  }

  tasks(): Tasks {
    const orders = this.#parts.map(({ plan }) => Object.keys(plan.tasks));
    return fromNames(mergeOrders(orders, byName), (task) => {
      const of = <K extends keyof Tasks[string]>(key: K) =>
        this.agreed(`tasks.${task}.${key}`, ({ resolved }) => own(resolved.tasks, task)?.[key]);
      const references = this.#references(task);
      return {
        title: of("title"),
        environment: of("environment") as string,
        environmentOptions: this.agreed(
          `tasks.${task}.environmentOptions`,
          ({ pairs }) => pairs.find((pair) => pair.task === task)?.config.environmentOptions,
        ),
        scores: of("scores"),
        scale: of("scale"),
        ...(references.length > 0 && { references }),
      };
    });
  }

  settings(): Settings {
    const orders = this.#parts.map(({ plan }) => Object.keys(plan.settings));
    const tasks = [...new Set(this.#parts.flatMap(({ plan }) => Object.keys(plan.tasks)))];
    return fromNames(mergeOrders(orders, byName), (setting) => {
      const of = <K extends keyof Settings[string]>(key: K) =>
        this.agreed(`settings.${setting}.${key}`, ({ resolved }) => own(resolved.settings, setting)?.[key]);
      return {
        title: of("title"),
        algorithm: of("algorithm") as string,
        preset: of("preset"),
        tasks: fromNames(tasks, (task) => this.#pair(task, setting)),
      };
    });
  }

  /** Published returns add up: a value and points may have one title. */
  #references(task: string): Reference[] {
    const all = this.#parts.flatMap(({ plan }) => own(plan.tasks, task)?.references ?? []);
    const distinct = new Map(
      all.map((known) => [JSON.stringify([known.title, known.points ?? known.value]), known]),
    );
    return mergeOrders([[...distinct.keys()].sort(byName)], byName).flatMap((key) => distinct.get(key) ?? []);
  }

  #pair(task: string, setting: string) {
    const find = ({ pairs }: Plan): Pair | undefined =>
      pairs.find((pair) => pair.task === task && pair.setting === setting);
    const pairs = this.#parts.flatMap(({ plan }) => find(plan) ?? []);
    if (pairs.length === 0) return false;
    return {
      options: this.agreed(`settings.${setting}.tasks.${task}.options`, (plan) => find(plan)?.config.options),
      iterations: Math.max(...pairs.map(({ config }) => config.iterations)),
      seeds: mergeOrders(
        pairs.map(({ seeds }) => seeds),
        byNumber,
      ),
      spelledOut: true,
    };
  }
}

/** How runs are saved and watched, where all agree; nothing that is learned depends on it. */
const keptAlike = (files: readonly ExperimentInput[]) =>
  Object.fromEntries(
    ([...Object.keys(watchEntries), "checkpointEvery"] as (keyof ExperimentInput)[])
      .filter((key) => files.every((file) => file[key] === files[0][key]))
      .map((key) => [key, files[0][key]]),
  );

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const fromNames = <T>(names: readonly string[], make: (name: string) => T): Record<string, T> =>
  Object.fromEntries(names.map((name) => [name, make(name)]));

const most = (counts: readonly (number | undefined)[]): number => Math.max(...counts.map((n) => n ?? 1));
