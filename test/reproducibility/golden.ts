/**
 * The prints that every engine must give. A change of bits is a change that users notice: runs no longer resume to
 * what they would have been. When it is meant, renew the file and say so in the change log:
 *   node --import tsx test/reproducibility/golden.ts
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Prints, printRuns } from "./short-runs.ts";

const file = new URL("../golden/short-runs.json", import.meta.url);

export const readGolden = (): Prints => JSON.parse(readFileSync(file, "utf8"));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(file, `${JSON.stringify(await printRuns(), null, 2)}\n`);
  console.log(`Renewed ${fileURLToPath(file)}.`);
}
