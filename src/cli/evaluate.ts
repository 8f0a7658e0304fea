/** `marlstone evaluate`: how good the policy of a run is. */
import { Command } from "commander";
import type { Checkpoint } from "../training/checkpoint.ts";
import { type Evaluation, evaluate, type Statistic } from "../training/evaluate.ts";
import { RunDirectory } from "../training/run-directory.ts";
import { makeRunEnvironment, requireCheckpoint, restorePolicy } from "../training/setup.ts";
import { deterministicFlag, isDeterministic, type MannerFlags, sampledFlag } from "./manner.ts";
import { requireCount, requireSeed } from "./settings.ts";
import { table } from "./table.ts";
import { formatScore, plural, type Terminal } from "./terminal.ts";

interface EvaluateFlags extends MannerFlags {
  readonly episodes: string;
  readonly seed: string;
  readonly best?: true;
  readonly json?: true;
}

export function evaluateCommand(terminal: Terminal): Command {
  return new Command("evaluate")
    .description("play episodes with what a run has learned: mean ± standard error")
    .argument("<dir>", "run directory")
    .option("--episodes <e>", "how many episodes", "100")
    .option("--seed <s>", "which episodes, and what is sampled in them", "1")
    .addOption(deterministicFlag())
    .addOption(sampledFlag())
    .option("--best", "evaluate the best policy that training kept, not the last: train --evaluate-every")
    .option("--json", "print one JSON object")
    .action((path: string, flags: EvaluateFlags) => run(path, flags, terminal));
}

async function run(path: string, flags: EvaluateFlags, terminal: Terminal): Promise<void> {
  const episodes = requireCount("--episodes", flags.episodes);
  const seed = requireSeed(flags.seed);
  const directory = await RunDirectory.open(path);
  // Read once: a run that still trains may find a better policy while this one plays.
  const checkpoint = await requireCheckpoint(directory, flags.best ? "best" : "last");
  const algorithm = restorePolicy(directory, checkpoint);
  const make = (copies: number) => makeRunEnvironment(directory.config, copies);
  const deterministic = isDeterministic(flags, directory.config);
  const evaluation = await evaluate(algorithm, make, { episodes, seed, deterministic });
  if (flags.json) terminal.out(`${JSON.stringify(evaluation)}\n`);
  else terminal.out(describe(evaluation, flags.best ? nameBest(path, checkpoint) : path, deterministic));
}

/** "runs/team, best of iteration 40 (−65.3 ± 1.2 in training)". */
function nameBest(path: string, { state, score }: Checkpoint): string {
  const found = score ? ` (${formatScore(score)} in training)` : "";
  return `${path}, best of iteration ${state.iteration}${found}`;
}

function describe(
  { episodes, return: team, agentReturns, length, metrics }: Evaluation,
  policy: string,
  deterministic: boolean,
): string {
  const named = (statistics: Readonly<Record<string, Statistic>>) =>
    Object.entries(statistics).map(([name, statistic]) => [`  ${name}`, show(statistic)]);
  const rows = [
    ["return of the team", show(team)],
    ...named(agentReturns),
    ["steps", show(length)],
    ...named(metrics),
  ];
  const manner = deterministic ? "likeliest" : "sampled";
  const title = `${plural(episodes, "episode")} of ${policy} with ${manner} actions, mean ± standard error`;
  return `${title}\n${table(rows)}\n`;
}

const show = ({ mean, standardError }: Statistic): string => formatScore({ return: mean, standardError });
