/** The report of the benchmarks: sections between markers, and their tables read back. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readTopic, replaceTopic } from "../../bench/support/report.ts";
import { markdown, tableRows } from "../../bench/support/section.ts";

const section = {
  title: "Title",
  introduction: "How to read it.",
  columns: ["name", "ms", "share"],
  rows: [
    ["one", "1.50", "20.0 %"],
    ["two", "0.0250", "–"],
  ],
};

test("a topic's text is replaced where it stands, and nothing else changes", () => {
  const before =
    "# Head\n\n<!-- begin a -->\nold\n<!-- end a -->\n\nbetween\n\n<!-- begin b -->\nB\n<!-- end b -->\n";
  const after = replaceTopic(before, "a", "new\ntext\n");
  assert.is(after, before.replace("old", "new\ntext"));
  assert.is(readTopic(after, "a"), "new\ntext");
  assert.is(readTopic(after, "b"), "B");
  assert.is(replaceTopic(after, "a", "old"), before);
});

test("a new topic goes to the end", () => {
  const after = replaceTopic("# Head\n", "c", "C");
  assert.is(after, "# Head\n\n<!-- begin c -->\nC\n<!-- end c -->\n");
  assert.is(readTopic("# Head\n", "c"), undefined);
});

test("the table of a section can be read back, and columns of numbers stand right", () => {
  const text = markdown(section);
  assert.equal(tableRows(text), section.rows);
  assert.match(text, /^\| --- \| ---: \| ---: \|$/m);
});

test.run();
