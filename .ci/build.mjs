// Builds the package: AssemblyScript kernels -> base64 module -> TypeScript -> dist/.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const node = (script, ...args) =>
  execFileSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: "inherit" });

mkdirSync(join(root, "dist"), { recursive: true });
node("node_modules/assemblyscript/bin/asc.js", "--config", "asconfig.json", "--target", "release");
node("assembly/embed.mjs");
node("node_modules/typescript/bin/tsc", "-p", "tsconfig.json");
const main = join(root, "dist/cli/main.js");
if (existsSync(main)) chmodSync(main, 0o755);
