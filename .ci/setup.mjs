// Makes a checkout ready to run: installs packages that are missing, builds when a source is newer than the build.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const changed = (path) => (existsSync(join(root, path)) ? statSync(join(root, path)).mtimeMs : 0);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || major === 21 || (major === 20 && minor < 19) || (major === 22 && minor < 3)) {
  const needed = "marlstone needs 20.19 or newer (not 21, and 22 from 22.3)";
  console.error(`This is Node ${process.versions.node}; ${needed}. Install another and try again.`);
  process.exit(2);
}

if (
  changed("node_modules/.package-lock.json") < changed("package-lock.json") ||
  !existsSync(join(root, "node_modules"))
) {
  console.log("Installing packages …");
  const npm = process.env.npm_execpath;
  // Not `npm ci`, which refuses a lock file without the optional packages of other platforms.
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel", "error"];
  if (npm) execFileSync(process.execPath, [npm, ...args], { cwd: root, stdio: "inherit" });
  else execFileSync("npm", args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
}

function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (entry.name.endsWith(".generated.ts")) continue;
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : changed(path));
  }
  return time;
}

const sources = Math.max(
  newest("src"),
  newest("assembly"),
  changed("tsconfig.json"),
  changed("asconfig.json"),
);
if (changed("dist/index.js") < sources || changed("src/kernels/wasm.generated.ts") === 0) {
  console.log("Building …");
  execFileSync(process.execPath, [join(root, ".ci/build.mjs")], { cwd: root, stdio: "inherit" });
}
