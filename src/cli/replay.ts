/** `marlstone replay`: one episode of what a run has learned, as a file that anybody can open and watch. */
import { Command } from "commander";
import { describeEnvironment, describeRun } from "../training/describe-run.ts";
import { writeWithFolder } from "../training/files.ts";
import { recordEpisode } from "../training/record-episode.ts";
import { RunDirectory } from "../training/run-directory.ts";
import { loadPolicy, makeRunEnvironment } from "../training/setup.ts";
import { describeLength } from "../viewer/episode.ts";
import { replayPage } from "../viewer/replay-page.ts";
import { replaySvg } from "../viewer/replay-svg.ts";
import { deterministicFlag, isDeterministic, type MannerFlags, sampledFlag } from "./manner.ts";
import { requireFile, requireSeed } from "./settings.ts";
import { formatReturn, type Terminal } from "./terminal.ts";

interface ReplayFlags extends MannerFlags {
  readonly out?: string;
  readonly seed: string;
  readonly best?: true;
}

export function replayCommand(terminal: Terminal): Command {
  return new Command("replay")
    .description("write an episode as a page to watch, or as an animated picture")
    .argument("<dir>", "run directory")
    .option("--out <file>", "file ending in .html or .svg (default: <dir>/replay.html)")
    .option("--seed <s>", "which episode, and what is sampled in it", "1")
    .addOption(deterministicFlag())
    .addOption(sampledFlag())
    .option("--best", "watch the best policy that training kept, not the last: train --evaluate-every")
    .action((path: string, flags: ReplayFlags) => run(path, flags, terminal));
}

async function run(path: string, flags: ReplayFlags, terminal: Terminal): Promise<void> {
  const out = requireFile(flags.out ?? `${path}/replay.html`, [".html", ".svg"]);
  const seed = requireSeed(flags.seed);
  const directory = await RunDirectory.open(path);
  const environment = makeRunEnvironment(directory.config, 1);
  const deterministic = isDeterministic(flags, directory.config);
  const policy = await loadPolicy(directory, flags.best ? "best" : "last");
  const episode = await recordEpisode(policy, environment, { seed, deterministic });
  const title = `${describeRun(directory.config)} on ${describeEnvironment(directory.config)}`;
  const draw = out.endsWith(".svg") ? replaySvg : replayPage;
  await writeWithFolder(out, draw(episode, { title }));
  const total = episode.rewards.flat().reduce((sum, reward) => sum + reward, 0);
  terminal.out(
    `${out}: ${describeLength(episode)}, return of the team ${formatReturn(total)}. Open it in a browser.\n`,
  );
}
