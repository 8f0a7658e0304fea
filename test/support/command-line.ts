/** Runs the command line inside the test's process and keeps what it writes. */
import { run } from "../../src/cli/run.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function marlstone(words: readonly string[], changes: Partial<Terminal> = {}): Promise<Outcome> {
  let out = "";
  let err = "";
  const code = await run(words, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    interactive: false,
    columns: 100,
    command: "marlstone",
    catchStop: () => new AbortController().signal,
    ...changes,
  });
  return { code, out, err };
}

/** Settings that make an iteration of MATRPO take a few milliseconds. */
export const tiny: readonly string[] = [
  "hiddenSizes=[8]",
  "stepsPerIteration=100",
  "environmentCopies=4",
  "environment.episodeLimit=20",
].flatMap((setting) => ["--set", setting]);
