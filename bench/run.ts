/**
 * Measures what the project promises to be fast and writes docs/benchmarks.md. Run: npm run bench
 * A topic is a file here that exports `measure(progress): Promise<Section>`; list it below.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { measure as measureEnvironments } from "./environments.ts";
import { measure as measureKernels } from "./kernels.ts";
import { markdown, type Progress, type Section } from "./support/section.ts";

const topics: readonly ((progress: Progress) => Promise<Section>)[] = [measureKernels, measureEnvironments];

const machine = `${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node} (V8 ${process.versions.v8})`;
console.log(machine);
const sections: string[] = [];
for (const measure of topics) {
  sections.push(markdown(await measure((row) => console.log(row.join("  ")))));
}
writeFileSync(
  new URL("../docs/benchmarks.md", import.meta.url),
  `# Benchmarks

One thread on ${machine}; processor time, the fastest of many samples each. Measure yours with \`npm run bench\`, which rewrites this file.

${sections.join("\n")}`,
);
console.log("\nwrote docs/benchmarks.md");
