/**
 * Runs every *.test.ts under test/ (or those whose path contains one of the arguments) in one process with uvu.
 * Stricter than uvu's own runner: a file that forgets `test.run()`, a narrowed test or a hang fails the run.
 * Properties meet the same cases every time, so that a change passes or fails for what it is; others with
 * MARLSTONE_CASES=<seed>, as `npm run check:properties` does round after round.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import fc from "fast-check";

interface UvuGlobals {
  UVU_DEFER: number;
  UVU_INDEX: number;
  UVU_QUEUE: unknown[][];
}

const LIMIT_MINUTES = 12;
const seed = Number(process.env.MARLSTONE_CASES ?? 1);
if (!Number.isInteger(seed))
  throw new Error(`MARLSTONE_CASES is a whole number, not "${process.env.MARLSTONE_CASES}"`);
fc.configureGlobal({ seed });

const root = fileURLToPath(new URL(".", import.meta.url));
const patterns = process.argv.slice(2);
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
  .sort();
if (files.length === 0) throw new Error(`no test file matches ${patterns.join(" ")}`);

setTimeout(() => {
  console.error(`FAIL  tests did not end within ${LIMIT_MINUTES} minutes`);
  process.exit(1);
}, LIMIT_MINUTES * 60_000).unref();

const globals = globalThis as unknown as UvuGlobals;
globals.UVU_DEFER = 1;
const { exec } = await import("uvu");
for (const [index, file] of files.entries()) {
  const path = join(root, file);
  if (/\b(test|suite)\.(only|skip)\(/.test(readFileSync(path, "utf8")))
    throw new Error(`${file} narrows its tests`);
  globals.UVU_INDEX = index;
  globals.UVU_QUEUE.push([relative(root, path)]);
  await import(pathToFileURL(path).href);
  if ((globals.UVU_QUEUE[index]?.length ?? 0) < 2)
    throw new Error(`${file} runs no test; does it call test.run()?`);
}
await exec();
