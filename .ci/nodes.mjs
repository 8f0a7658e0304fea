// `npm run check:nodes [major …]`: all tests, the bits on record among them, on other versions of Node than the one at hand.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const [, , ...given] = process.argv;
const majors = given.length > 0 ? given : ["22", "24", "26"];
const away = mkdtempSync(join(tmpdir(), "marlstone-nodes-"));
const failed = [];
try {
  for (const major of majors) {
    const home = join(away, major);
    // The package "node" brings the program of its own version.
    const install = [
      "install",
      `node@${major}`,
      "--prefix",
      home,
      "--no-audit",
      "--no-fund",
      "--loglevel",
      "error",
    ];
    execFileSync("npm", install, { stdio: "inherit", shell: process.platform === "win32" });
    const program = join(
      home,
      "node_modules",
      "node",
      "bin",
      process.platform === "win32" ? "node.exe" : "node",
    );
    const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
    const { status } = spawnSync(program, ["--import", "tsx", "test/run.ts"], {
      cwd: root,
      stdio: "inherit",
    });
    console.log(`Node ${version}: ${status === 0 ? "all tests pass" : "tests fail"}`);
    if (status !== 0) failed.push(version);
  }
} finally {
  rmSync(away, { recursive: true, force: true });
}
if (failed.length > 0) {
  console.error(`Tests fail on Node ${failed.join(", ")}.`);
  process.exit(1);
}
