// Builds the package: AssemblyScript kernels -> base64 module -> TypeScript -> dist/.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const node = (script, ...args) =>
  execFileSync(process.execPath, [join(root, script), ...args], { cwd: root, stdio: "inherit" });

mkdirSync(join(root, "dist"), { recursive: true });
node("node_modules/assemblyscript/bin/asc.js", "--config", "asconfig.json", "--target", "release");
node("assembly/embed.mjs");
node("node_modules/typescript/bin/tsc", "-p", "tsconfig.json");
// What is left of sources that are gone would be packed. Not emptied first: an experiment may be running from here.
for (const name of readdirSync(join(root, "dist"), { recursive: true })) {
  const [, source] = name.match(/^(.*?)(?:\.d\.ts|\.js)$/) ?? [];
  if (source && !existsSync(join(root, "src", `${source}.ts`))) rmSync(join(root, "dist", name));
}
const main = join(root, "dist/cli/main.js");
if (existsSync(main)) chmodSync(main, 0o755);
