/** `marlstone reproduce`: the experiments of the paper, whole or in part. */
import { Command } from "commander";
import { figure2 } from "../experiments/definitions/figure-2.ts";
import { scaling } from "../experiments/definitions/scaling.ts";
import {
  defineStudy,
  type Study,
  type StudyChoice,
  studyAlgorithms,
  studyPresets,
  teamName,
} from "../experiments/definitions/study.ts";
import { planExperiment } from "../experiments/plan.ts";
import { addExperimentFlags, type ExperimentFlags, execute } from "./experiment.ts";
import { parseSeeds } from "./seeds.ts";
import { numberOrText } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

interface ReproduceFlags extends ExperimentFlags {
  readonly task?: readonly string[];
  readonly algorithm?: readonly string[];
  readonly preset?: readonly string[];
  readonly seeds?: unknown;
  readonly iterations?: unknown;
}

export function reproduceCommand(terminal: Terminal): Command {
  const command = new Command("reproduce").description("run an experiment of the paper");
  for (const study of [figure2, scaling]) command.addCommand(studyCommand(study, terminal));
  return command;
}

function studyCommand(study: Study, terminal: Terminal): Command {
  const tasks = study.teams.map(teamName).join(", ");
  const command = new Command(study.name)
    .description(study.title)
    .option("--task <name>", `repeat for more: ${tasks} (default: all)`, append)
    .option("--algorithm <id>", `repeat for more: ${studyAlgorithms.join(", ")} (default: all)`, append)
    .option(
      "--preset <name>",
      `repeat for more: ${studyPresets.join(", ")} (default: ${study.presets.join(", ")})`,
      append,
    )
    .option("--seeds <n>", "seeds 1 to n, or those to run, such as 4-9 or 2,7 or 7, (default: 5)", parseSeeds)
    .option("--iterations <k>", `policy iterations of a run (default: ${study.iterations})`, numberOrText);
  return addExperimentFlags(command).action((flags: ReproduceFlags) =>
    execute(planExperiment(defineStudy(study, chosen(flags)), study.name), flags, terminal),
  );
}

const append = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];

const chosen = ({ task, algorithm, preset, seeds, iterations }: ReproduceFlags): StudyChoice => ({
  ...(task && { tasks: task }),
  ...(algorithm && { algorithms: algorithm }),
  ...(preset && { presets: preset }),
  seeds,
  iterations,
});
