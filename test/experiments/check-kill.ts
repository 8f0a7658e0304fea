/** `npm run check:kill [kills] [seed]`: a long loop of kills; exit code 1 when any file differs. */

import { Random } from "../../src/tensor/random.ts";
import { killAndCompare } from "../support/kills.ts";
import { inFolder } from "../support/temporary.ts";

const [kills = 40, seed = 1] = process.argv.slice(2).map(Number);
await inFolder(async (folder) => {
  const report = await killAndCompare(folder, kills, Random.fromSeed(seed), (count) =>
    process.stdout.write(`\r${count} of ${kills} kills`),
  );
  console.log(`\n${report.kills} kills, ${report.comparisons} experiments compared, seed ${seed}`);
  for (const name of report.differences) console.log(`differs: ${name}`);
  process.exitCode = report.differences.length === 0 ? 0 : 1;
});
