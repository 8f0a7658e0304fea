/** The program as a bundle, which starts in half the time that the sources take under a loader. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
let bundled: Promise<string> | undefined;

/** Path of the program's main file; it is gone with the process that asked for it. */
export function bundledProgram(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

/** Inside node_modules, where the bundle finds the packages that it leaves out. */
async function bundle(): Promise<string> {
  const folder = await mkdtemp(join(root, "node_modules", ".marlstone-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  await build({
    absWorkingDir: root,
    entryPoints: ["src/cli/main.ts", "src/experiments/cell-process.ts"],
    entryNames: "[name]",
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
  });
  return join(folder, "main.mjs");
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export interface Running {
  /** Its process, the leader of a group of its own. */
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** Starts the program. @param watch sees all of its output whenever there is more */
export async function start(
  words: readonly string[],
  watch: (output: string, pid: number) => void = () => {},
): Promise<Running> {
  const child = spawn(process.execPath, [await bundledProgram(), ...words], { detached: true });
  const pid = child.pid as number;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      watch(output, pid);
    });
  }
  // Not "close": children of a killed program may keep its streams open for a while.
  const ended = new Promise<Ended>((resolve) =>
    child.on("exit", (code) => setTimeout(resolve, 20, { code, output })),
  );
  return { pid, ended: ended.then(({ code }) => ({ code, output })) };
}
