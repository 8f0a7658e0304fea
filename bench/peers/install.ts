/** Peers are no dependencies: their packages go to a folder outside the repository, once. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const dependencies = {
  "@jax-js/jax": "0.1.25",
  "@tensorflow/tfjs": "4.22.0",
  "@tensorflow/tfjs-backend-wasm": "4.22.0",
};

/** @returns the folder, or why there are no packages */
export function installPackages(): { readonly folder: string } | { readonly error: string } {
  const folder = join(tmpdir(), "marlstone-peers");
  const manifest = join(folder, "package.json");
  const wanted = JSON.stringify({ private: true, dependencies });
  const done = join(folder, "installed");
  if (existsSync(done) && readFileSync(done, "utf8") === wanted) return { folder };
  console.log(`Installing ${Object.keys(dependencies).join(", ")} in ${folder} (about 310 MB) …`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(manifest, wanted);
  try {
    const npm = process.env.npm_execpath;
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
    if (npm) execFileSync(process.execPath, [npm, ...args], { cwd: folder, stdio: "inherit" });
    else execFileSync("npm", args, { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
  } catch (error) {
    return { error: `npm cannot install it: ${(error as Error).message.split("\n")[0]}` };
  }
  writeFileSync(done, wanted);
  return { folder };
}

/** The version of PyTorch that an interpreter has, or why it has none. */
export function findTorch(python: string): { readonly version: string } | { readonly error: string } {
  try {
    const code = "import numpy, torch; print(torch.__version__)";
    return { version: execFileSync(python, ["-c", code], { encoding: "utf8", stdio: "pipe" }).trim() };
  } catch (error) {
    const reason = `${(error as { stderr?: string }).stderr ?? error}`.trim().split("\n").at(-1);
    return { error: `${python}: ${reason}. Name an interpreter that has it with MARLSTONE_PYTHON` };
  }
}
