/** `marlstone evaluate`: how good the policy of a run is. */
import { Command } from "commander";
import { type Evaluation, evaluate, type Statistic } from "../training/evaluate.ts";
import { RunDirectory } from "../training/run-directory.ts";
import { loadPolicy, makeRunEnvironment } from "../training/setup.ts";
import { requireCount, requireSeed } from "./settings.ts";
import { table } from "./table.ts";
import { formatReturn, plural, type Terminal } from "./terminal.ts";

interface EvaluateFlags {
  readonly episodes: string;
  readonly seed: string;
  readonly deterministic?: true;
  readonly json?: true;
}

export function evaluateCommand(terminal: Terminal): Command {
  return new Command("evaluate")
    .description("play episodes with what a run has learned: mean ± standard error")
    .argument("<dir>", "run directory")
    .option("--episodes <e>", "how many episodes", "100")
    .option("--seed <s>", "seed of the environment", "1")
    .option("--deterministic", "take the likeliest action instead of sampling")
    .option("--json", "print one JSON object")
    .action((path: string, flags: EvaluateFlags) => run(path, flags, terminal));
}

async function run(path: string, flags: EvaluateFlags, terminal: Terminal): Promise<void> {
  const episodes = requireCount("--episodes", flags.episodes);
  const seed = requireSeed(flags.seed);
  const directory = await RunDirectory.open(path);
  const algorithm = await loadPolicy(directory);
  const make = (copies: number) => makeRunEnvironment(directory.config, copies);
  const evaluation = await evaluate(algorithm, make, {
    episodes,
    seed,
    deterministic: flags.deterministic ?? false,
  });
  terminal.out(flags.json ? `${JSON.stringify(evaluation)}\n` : describe(evaluation, path));
}

function describe(
  { episodes, return: team, agentReturns, length, metrics }: Evaluation,
  path: string,
): string {
  const named = (statistics: Readonly<Record<string, Statistic>>) =>
    Object.entries(statistics).map(([name, statistic]) => [`  ${name}`, show(statistic)]);
  const rows = [
    ["return of the team", show(team)],
    ...named(agentReturns),
    ["steps", show(length)],
    ...named(metrics),
  ];
  return `${plural(episodes, "episode")} of ${path}, mean ± standard error\n${table(rows)}\n`;
}

const show = ({ mean, standardError }: Statistic): string =>
  `${formatReturn(mean)}${standardError === null ? "" : ` ± ${standardError.toFixed(1)}`}`;
