/** The version that runs record is the package's. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { version } from "../../src/training/version.ts";

test("the version is that of package.json", () => {
  const { version: packaged } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  assert.is(version, packaged);
});

test.run();
