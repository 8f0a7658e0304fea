/** The experiments of the paper as experiment files: MATRPO and its baselines on teams of the two worlds. */
import { find } from "../../training/run-config.ts";
import type { Reference } from "../experiment.ts";
import type { ExperimentInput } from "../experiment-config.ts";
import { paperSettings, type WorldName, worlds } from "./worlds.ts";

/** An experiment of the paper: which teams, and what runs when nothing is chosen. */
export interface Study {
  readonly name: string;
  readonly title: string;
  readonly teams: readonly Team[];
  readonly presets: readonly string[];
  readonly iterations: number;
  /** Whether to compare tasks by their number of agents. */
  readonly scaling: boolean;
}

export interface Team {
  readonly world: WorldName;
  readonly agents: number;
  /** Published returns. @defaultValue none */
  readonly references?: readonly Reference[];
}

/** A part of a study; what is left out is all of it. */
export interface StudyChoice {
  readonly tasks?: readonly string[];
  readonly algorithms?: readonly string[];
  readonly presets?: readonly string[];
  readonly seeds?: unknown;
  readonly iterations?: unknown;
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  matrpo: "MATRPO",
  "trpo-central": "Centralised TRPO",
  "trpo-independent": "Independent TRPO",
};
/** What the name of a setting adds to that of its algorithm. */
const PRESETS: Readonly<Record<string, string>> = { paper: "-paper", default: "", official: "-official" };

export const studyAlgorithms = Object.keys(ALGORITHMS);
export const studyPresets = Object.keys(PRESETS);
const SEEDS = 5;

/** "navigation-3" */
export const teamName = ({ world, agents }: Team): string => `${world}-${agents}`;

/** The study as an experiment file. @throws InvalidInputError for unknown tasks, algorithms and presets */
export function defineStudy(study: Study, choice: StudyChoice = {}): ExperimentInput {
  const known = Object.fromEntries(study.teams.map((team) => [teamName(team), team]));
  const teams = (choice.tasks ?? Object.keys(known)).map((task) =>
    find(known, task, `task of ${study.name}`),
  );
  const algorithms = choice.algorithms ?? studyAlgorithms;
  const presets = choice.presets ?? study.presets;
  const settings = presets.flatMap((preset) =>
    algorithms.map((algorithm) => makeSetting(algorithm, preset, teams)),
  );
  return {
    name: study.name,
    title: study.title,
    tasks: Object.fromEntries(teams.map((team) => [teamName(team), makeTask(team, study.scaling)])),
    settings: Object.fromEntries(settings),
    seeds: (choice.seeds ?? SEEDS) as number,
    iterations: (choice.iterations ?? study.iterations) as number,
  };
}

function makeTask(team: Team, scaling: boolean): ExperimentInput["tasks"][string] {
  const { world, agents, references } = team;
  const { title, environment, options, team: describe } = worlds[world];
  return {
    title: `${title}, ${describe(agents)}`,
    environment,
    environmentOptions: { ...options(agents) },
    ...(scaling && { scale: { world: title } }),
    ...(references && { references: [...references] }),
  };
}

type NamedSetting = readonly [name: string, setting: ExperimentInput["settings"][string]];

function makeSetting(algorithm: string, preset: string, teams: readonly Team[]): NamedSetting {
  const title = find(ALGORITHMS, algorithm, "algorithm of the paper");
  const suffix = find(PRESETS, preset, "preset");
  if (suffix === "") return [algorithm, { title, algorithm, preset }];
  const tasks = teams.map((team) => [teamName(team), { options: taskOptions(algorithm, preset, team) }]);
  const about = { title: `${title} (${preset})`, algorithm, preset, tasks: Object.fromEntries(tasks) };
  return [`${algorithm}${suffix}`, about];
}

/** What Table I says beside the preset. The authors' program cut traces at episode ends in one world only. */
function taskOptions(algorithm: string, preset: string, { world, agents }: Team): object {
  const { admmIterations, penalty, maxKl } = paperSettings(world, agents);
  return {
    maxKl,
    ...(algorithm === "matrpo" && { admmIterations, penalty }),
    ...(preset === "official" && world === "treasure" && { episodeEnds: "early" }),
  };
}
