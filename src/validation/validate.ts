/** Checks a value against a valibot schema and turns all that is wrong into one line a person can act on. */
import type { BaseIssue, GenericSchema, InferOutput } from "valibot";
import { safeParse } from "valibot";
import { describeAny, type SchemaNode, schemaNode, unwrap } from "./describe.ts";
import { InvalidInputError } from "./errors.ts";
import { formatValue } from "./format.ts";
import { didYouMean, nearest } from "./suggest.ts";

/**
 * The value with defaults filled in.
 * @param what names the value in the message, e.g. "options of particle/cooperative-navigation"
 * @throws InvalidInputError naming every wrong key, what was given, what is allowed, the nearest known name
 */
export function validate<T extends GenericSchema>(schema: T, value: unknown, what: string): InferOutput<T> {
  const result = safeParse(schema, value);
  if (result.success) return result.output;
  const complaints = new Set(result.issues.flatMap((issue) => complain(schemaNode(schema), issue)));
  throw new InvalidInputError(`${what}: ${[...complaints].join("; ")}`);
}

type PathItem = NonNullable<BaseIssue<unknown>["path"]>[number];

function complain(root: SchemaNode, issue: BaseIssue<unknown>): string | string[] {
  const path = issue.path ?? [];
  const name = formatPath(path);
  if (issue.kind === "validation" && /check$|^custom$/.test(issue.type)) {
    return name === "" ? issue.message : `${name}: ${issue.message}`;
  }
  if (issue.type === "strict_object" && issue.expected === "never") return unknownKeys(root, path);
  const schemas = schemasAt(root, path);
  const allowed = describeAny(schemas, issue.input);
  const given = formatValue(issue.input);
  if (name === "") return `got ${given}; it must be ${allowed}`;
  if (issue.input === undefined) return `${name} is missing; it must be ${allowed}`;
  return `${name} is ${given}; it must be ${allowed}${guess(issue.input, schemas.flatMap(choices))}`;
}

/** All unknown keys of the object around the end of the path; valibot stops at the first. */
function unknownKeys(root: SchemaNode, path: readonly PathItem[]): string[] {
  const parent = path.slice(0, -1);
  const known = schemasAt(root, parent).flatMap((node) => Object.keys(unwrap(node).entries ?? {}));
  const given = Object.keys(path.at(-1)?.input as object);
  const prefix = parent.length === 0 ? "" : `${formatPath(parent)}.`;
  return given
    .filter((key) => !known.includes(key))
    .map((key) => `unknown key ${formatValue(prefix + key)} (${didYouMean(key, known)})`);
}

function guess(given: unknown, known: readonly string[]): string {
  const candidate = typeof given === "string" ? nearest(given, known) : undefined;
  return candidate === undefined ? "" : ` (did you mean "${candidate}"?)`;
}

/** The strings a schema lists. */
function choices(schema: SchemaNode): string[] {
  const node = unwrap(schema);
  const options = node.type === "union" ? (node.options as readonly SchemaNode[]) : [];
  const listed = [node.literal, ...(node.type === "picklist" ? (node.options ?? []) : [])];
  return [...listed.filter((value) => typeof value === "string"), ...options.flatMap(choices)];
}

/** The schemas that may apply at a path; alternatives that the input rules out are left out. */
function schemasAt(root: SchemaNode, path: readonly PathItem[]): SchemaNode[] {
  let nodes = [root];
  for (const item of path) nodes = nodes.flatMap((node) => children(unwrap(node), item));
  return nodes.flatMap((node) => {
    const base = unwrap(node);
    return base.type === "variant" ? fitting(base, path.at(-1)?.value) : [node];
  });
}

function children(node: SchemaNode, item: PathItem): SchemaNode[] {
  if (node.type === "union" || node.type === "variant") {
    return fitting(node, item.input).flatMap((option) => children(unwrap(option), item));
  }
  const child = node.entries?.[String(item.key)] ?? node.item ?? node.items?.[Number(item.key)] ?? node.value;
  return child ? [child] : [];
}

/** The options of a union or variant that the input's discriminator selects; all when it selects none. */
function fitting(node: SchemaNode, input: unknown): SchemaNode[] {
  const options = (node.options as readonly SchemaNode[]).map(unwrap);
  const selected = options.filter((option) => fits(option, node.key, input));
  return selected.length > 0 ? selected : options;
}

/** Whether an option of a variant has the discriminator that the input shows. */
function fits(option: SchemaNode, key: unknown, input: unknown): boolean {
  if (typeof key !== "string" || typeof input !== "object" || input === null) return false;
  const literal = option.entries?.[key]?.literal;
  return literal !== undefined && literal === (input as Record<string, unknown>)[key];
}

function formatPath(path: readonly PathItem[]): string {
  let text = "";
  for (const { key } of path) {
    if (typeof key === "number") text += `[${key}]`;
    else text += text === "" ? String(key) : `.${String(key)}`;
  }
  return text;
}
