/**
 * What every engine must give. A change of bits is a change that users notice: runs no longer resume to
 * what they would have been. When it is meant, renew the file and say so in the change log:
 *   node --import tsx test/reproducibility/golden.ts && npx biome format --write test/golden
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { printWorld } from "./crowded-world.ts";
import { type Print, printRuns, type ShortRunName } from "./short-runs.ts";

export interface Golden {
  readonly world: string;
  readonly runs: Readonly<Record<ShortRunName, Print>>;
}

const file = new URL("../golden/bits.json", import.meta.url);

export const readGolden = (): Golden => JSON.parse(readFileSync(file, "utf8"));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const prints = { world: await printWorld(), runs: await printRuns() };
  writeFileSync(file, `${JSON.stringify(prints, null, 2)}\n`);
  console.log(`Renewed ${fileURLToPath(file)}.`);
}
