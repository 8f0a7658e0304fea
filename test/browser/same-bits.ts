/**
 * `npm run test:browser`: the built package, bundled, trains in Chromium to the bits that are on record for Node.
 * Not part of `npm test`, which must not need a browser.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readGolden } from "../reproducibility/golden.ts";
import { printLargeRun } from "../reproducibility/large-run.ts";
import { bundle } from "./bundle.ts";
import { startChromium } from "./chromium.ts";
import type { PageReport } from "./page.ts";
import { serve } from "./serve.ts";

const MINUTES = 60_000;

const browser = await startChromium().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
const large = await printLargeRun(1);
const script = await bundle("test/browser/page.ts");
const server = await serve(script.code);
test.after(async () => {
  await browser.close();
  server.close();
});

/** Opens a page, waits for its report, and notes what it asked the server for and complained about. */
async function visit(path: string) {
  const page = await browser.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith("blob:")) requests.push(request.url().replace(server.origin, ""));
  });
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(server.origin + path);
  const text = await page.locator("output:not(:empty)").textContent({ timeout: 2 * MINUTES });
  await page.close();
  return { report: JSON.parse(text as string) as PageReport, requests, complaints };
}

const BLOCKED = /blob:.* violates the following Content Security Policy directive/;

/** Pages, what they may do and whether they try to start workers. */
const policies = [
  { policy: "open", evaluates: true, workers: false, complains: false },
  { policy: "strict", evaluates: false, workers: false, complains: false },
  { policy: "isolated", evaluates: true, workers: true, complains: false },
  { policy: "isolated-strict", evaluates: false, workers: true, complains: true },
];
for (const { policy, evaluates, workers, complains } of policies) {
  for (const [place, scripts] of [
    ["page", ["page.js"]],
    ["worker", ["worker-owner.js", "page.js"]],
  ] as const) {
    test(`a ${place} under /${policy}/ gives the bits of Node with kernels of its own`, async () => {
      const { report, requests, complaints } = await visit(`/${policy}/${place}`);
      assert.is(report.error, undefined);
      const { runs, world } = readGolden();
      assert.equal(report.runs, runs);
      assert.is(report.world, world);
      assert.is(report.large, large, "on two threads where they may share memory");
      assert.is((report.workers ?? 0) > 0, workers);
      assert.ok((report.wasmInstances ?? 0) > 0, "the kernels ran");
      assert.is(report.evaluates, evaluates, "the policy is in force");
      // What a worker complains about does not come here.
      assert.is(complaints.length > 0, complains && place === "page", complaints.join("; "));
      assert.ok(complaints.every((text) => BLOCKED.test(text)));
      const asked = [place, ...scripts].map((name) => `/${policy}/${name}`);
      assert.equal(requests, asked, "nothing else is fetched");
    });
  }
}

for (const { what, entry, most, brings } of [
  {
    what: "a page with one algorithm",
    entry: "test/browser/one-algorithm.ts",
    most: 80_000,
    brings: ["@noble/hashes", "fastest-levenshtein", "valibot"],
  },
  {
    what: "the whole library",
    entry: "dist/index.js",
    most: 145_000,
    brings: ["@bufbuild/protobuf", "@noble/hashes", "fastest-levenshtein", "valibot"],
  },
  { what: "the theory of small games", entry: "dist/theory/theory.js", most: 10_000, brings: [] },
  { what: "replays", entry: "dist/viewer/viewer.js", most: 6_000, brings: ["fastest-levenshtein"] },
]) {
  test(`the bundle of ${what} is small and brings along what it may`, async () => {
    const { bytes, gzipBytes, packages } = await bundle(entry);
    assert.equal(packages, brings);
    assert.ok(gzipBytes < most, `${gzipBytes} bytes compressed, at most ${most}`);
    console.log(`\n${what}: ${bytes} bytes, ${gzipBytes} compressed; Chromium ${browser.version()}`);
  });
}

test.run();
