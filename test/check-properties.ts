/**
 * `npm run check:properties [rounds] [part of a path …]`: every file with properties again and again, each time with new
 * cases. The first that fails is shown, with the seed and the counterexample that repeat it.
 */
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const [rounds = "100", ...patterns] = process.argv.slice(2);
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
  .filter((file) => readFileSync(join(root, file), "utf8").includes('from "fast-check"'));
const count = Number(rounds);
if (!Number.isSafeInteger(count) || count < 1 || files.length === 0) {
  console.error(
    `Give a number of rounds ≥ 1 and parts of paths of files with properties; got "${process.argv.slice(2).join(" ")}".`,
  );
  process.exit(2);
}

for (let round = 1; round <= count; round++) {
  const seed = randomInt(2 ** 31);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", join(root, "run.ts"), ...files],
    {
      encoding: "utf8",
      env: { ...process.env, MARLSTONE_CASES: String(seed) },
      maxBuffer: 2 ** 28,
    },
  );
  if (status !== 0) {
    console.log(`\nround ${round}, MARLSTONE_CASES=${seed}:\n${stdout}${stderr}`);
    process.exit(1);
  }
  process.stdout.write(`\r${round} of ${count} rounds through ${files.length} files`);
}
console.log();
