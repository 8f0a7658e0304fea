// Checks that imports in src/ point downwards (docs/decisions/0001-layers.md). Exit code 1 names every offender.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const source = join(dirname(fileURLToPath(import.meta.url)), "..", "src");

/** Folder -> the folders it may import, besides itself. */
const stack = [
  "kernels",
  "tensor",
  "autodiff",
  "nn",
  "distributions",
  "optim",
  "rollouts",
  "algorithms",
  "training",
];
const allowed = {
  validation: [],
  formats: ["validation"],
  environments: ["tensor", "validation"],
  theory: ["tensor", "environments", "validation"],
  statistics: ["tensor", "validation"],
  profiling: [],
};
for (const [level, folder] of stack.entries()) allowed[folder] = ["validation", ...stack.slice(0, level)];
allowed.tensor.push("kernels");
for (const folder of ["rollouts", "algorithms", "training"])
  allowed[folder].push("environments", "profiling");
allowed.algorithms = allowed.algorithms.filter((folder) => folder !== "environments");
allowed.training.push("formats", "viewer");
allowed.viewer = ["environments", "formats", "statistics", "validation", "tensor"];
allowed.experiments = [
  ...stack,
  "environments",
  "formats",
  "profiling",
  "statistics",
  "viewer",
  "validation",
];
allowed.cli = [...allowed.experiments, "experiments", "theory"];

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

const offenders = [];
for (const file of files(source)) {
  const [folder, ...rest] = relative(source, file).split(sep);
  if (rest.length === 0) continue; // src/index.ts is the public face and may see everything
  if (!(folder in allowed))
    offenders.push(`src/${folder}: not a layer; add it to .ci/layers.mjs with its place`);
  for (const [, target] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)) {
    const [into] = relative(source, join(dirname(file), target)).split(sep);
    if (into === folder || allowed[folder]?.includes(into)) continue;
    offenders.push(
      `${relative(source, file)} imports ${target}: ${folder} may import only ${allowed[folder]?.join(", ")}`,
    );
  }
}
if (offenders.length > 0) {
  console.error(offenders.join("\n"));
  process.exit(1);
}
console.log("layers: every import points down");
