/**
 * docs/benchmarks.md: one section a topic between markers, so that a topic can be measured again by itself. What is not
 * between markers stays as it is.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { markdown, type Section } from "./section.ts";

export const reportPath = new URL("../../docs/benchmarks.md", import.meta.url);

const marker = (topic: string) => ({ begin: `<!-- begin ${topic} -->`, end: `<!-- end ${topic} -->` });

/** What stands between a topic's markers; undefined without them. */
export function readTopic(report: string, topic: string): string | undefined {
  const { begin, end } = marker(topic);
  const [from, to] = [report.indexOf(begin), report.indexOf(end)];
  return from >= 0 && to > from ? report.slice(from + begin.length, to).trim() : undefined;
}

/** The report with the topic's text replaced, or put at its end. */
export function replaceTopic(report: string, topic: string, text: string): string {
  const { begin, end } = marker(topic);
  const block = `${begin}\n${text.trim()}\n${end}`;
  const [from, to] = [report.indexOf(begin), report.indexOf(end)];
  if (from < 0 || to < from) return `${report.trimEnd()}\n\n${block}\n`;
  return report.slice(0, from) + block + report.slice(to + end.length);
}

/** What it was measured on. */
export function machine(): string {
  const { node, v8 } = process.versions;
  return `${cpus()[0].model.trim()}, ${cpus().length} cores, Node ${node} (V8 ${v8})`;
}

/** Writes a topic's section into docs/benchmarks.md. */
export function writeTopic(topic: string, section: Section): void {
  const text = `${markdown(section)}\nMeasured on ${machine()}.`;
  writeFileSync(reportPath, replaceTopic(readFileSync(reportPath, "utf8"), topic, text));
}
