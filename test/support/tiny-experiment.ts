/** Experiments whose runs take milliseconds an iteration, and what must be equal when they are repeated. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

const options = { hiddenSizes: [8], stepsPerIteration: 100, environmentCopies: 4 };

export const tinySettings = {
  matrpo: { algorithm: "matrpo", options },
  central: { algorithm: "trpo-central", title: "Centralised", options },
};

/** Two algorithms on one world, four runs; the changes beat what is here. */
export const tinyExperiment = (changes: object = {}): object => ({
  name: "tiny",
  tasks: {
    "navigation-2": {
      environment: "particle/cooperative-navigation",
      environmentOptions: { agents: 2, episodeLimit: 20 },
    },
  },
  settings: tinySettings,
  seeds: 2,
  iterations: 3,
  ...changes,
});

/** Writes the file. @returns its path */
export async function writeExperiment(folder: string, changes: object = {}): Promise<string> {
  const path = join(folder, "experiment-file.json");
  await writeFile(path, JSON.stringify(tinyExperiment(changes)));
  return path;
}

/** Every file below a directory by its name, wall times taken out. */
export async function untimedFiles(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files: Record<string, string> = {};
  for (const path of paths.sort()) {
    files[relative(directory, path)] = withoutTimes(path, await readFile(path, "latin1"));
  }
  return files;
}

function withoutTimes(path: string, text: string): string {
  if (path.endsWith("metrics.jsonl")) return text.replace(/"seconds":\{[^}]*\}/g, '"seconds":{}');
  if (path.endsWith("curves.jsonl")) return text.replace(/"seconds":[^,]*,/g, "");
  if (path.endsWith("results.md")) return text.slice(0, text.indexOf("\n## Wall time"));
  if (path.endsWith("summary.json")) return JSON.stringify({ ...JSON.parse(text), times: null });
  return text;
}
