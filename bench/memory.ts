/** Resident memory of the program `marlstone train` after each iteration, seen from outside. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Progress, Section } from "./support/section.ts";

const program = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const SHOWN = [1, 2, 3, 5, 10];
/** After the last one the program is already ending. */
const ITERATIONS = SHOWN[SHOWN.length - 1] + 1;

const settings: Readonly<Record<string, readonly string[]>> = {
  "navigation-3, default": [],
  "navigation-3, paper": ["--preset", "paper"],
  "treasure-8, default": ["--environment", "particle/treasure-collection", "--agents", "8"],
};

/** MB in use now. */
function residentMegabytes(pid: number): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", `${pid}`], { encoding: "utf8" })) / 1024;
}

/** MB after every iteration. */
async function measureRun(words: readonly string[]): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "marlstone-memory-"));
  const args = ["train", ...words, "--iterations", `${ITERATIONS}`, "--out", join(folder, "run")];
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const megabytes: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith("iteration ") && child.pid) megabytes.push(residentMegabytes(child.pid));
    }
    return megabytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function measure(progress: Progress): Promise<Section> {
  const columns = ["run", ...SHOWN.map((iteration) => `after ${iteration}`)];
  progress(columns);
  const rows: string[][] = [];
  for (const [title, words] of Object.entries(settings)) {
    const megabytes = await measureRun(words);
    const row = [title, ...SHOWN.map((iteration) => `${Math.round(megabytes[iteration - 1])} MB`)];
    rows.push(row);
    progress(row);
  }
  return {
    title: "Memory",
    introduction: "Resident memory of the whole program `marlstone train` after so many iterations.",
    columns,
    rows,
  };
}
