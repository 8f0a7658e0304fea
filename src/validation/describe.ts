/** Says in words what a valibot schema allows: "an integer from 1 to 64", 'one of "exact", "boundary"'. */
import type { GenericSchema } from "valibot";
import { formatValue } from "./format.ts";

/** The parts of valibot's schemas and pipe actions that carry meaning for a reader. */
export interface SchemaNode {
  readonly kind: "schema" | "validation" | "transformation" | "metadata";
  readonly type: string;
  readonly wrapped?: SchemaNode;
  readonly default?: unknown;
  readonly pipe?: readonly SchemaNode[];
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly options?: readonly unknown[];
  readonly items?: readonly SchemaNode[];
  readonly item?: SchemaNode;
  readonly value?: SchemaNode;
  readonly key?: unknown;
  readonly literal?: unknown;
  readonly requirement?: unknown;
  readonly description?: string;
}

/** One option of a strict object, for lists, help and documentation. */
export interface OptionDescription {
  readonly name: string;
  readonly description: string;
  readonly allowed: string;
  /** Undefined when the option is required or has no default. */
  readonly default: unknown;
}

/** The options of an object schema, in order. */
export function describeOptions(schema: GenericSchema): OptionDescription[] {
  return Object.entries(schemaNode(schema).entries ?? {}).map(([name, node]) => ({
    name,
    description: findDescription(node) ?? "",
    allowed: describe(node),
    default: typeof node.default === "function" ? node.default() : node.default,
  }));
}

export function schemaNode(schema: GenericSchema): SchemaNode {
  return schema as unknown as SchemaNode;
}

/** The schema under optional, nullable and the like. */
export function unwrap(node: SchemaNode): SchemaNode {
  return node.wrapped ? unwrap(node.wrapped) : node;
}

/** Whether a value is an integer that floating point cannot tell from its neighbours. */
export const isBeyond = (value: unknown): boolean => Number.isInteger(value) && !Number.isSafeInteger(value);

/** A phrase that continues "it must be". @param given what is complained about, so that the phrase rules it out */
export function describe(node: SchemaNode, given?: unknown): string {
  if (!node.wrapped) return describeBase(node, given);
  const phrase = describe(node.wrapped, given);
  return node.type === "nullable" || node.type === "nullish" ? `${phrase} or null` : phrase;
}

function describeBase(node: SchemaNode, given: unknown): string {
  switch (node.type) {
    case "number":
      return describeNumber(actions(node), given);
    case "string":
      return describeString(actions(node));
    case "boolean":
      return "true or false";
    case "literal":
      return formatValue(node.literal);
    case "picklist":
      return `one of ${node.options?.map(formatValue).join(", ")}`;
    case "union":
      return describeAny(node.options as readonly SchemaNode[], given);
    case "variant":
      return `an object with "${node.key}"`;
    case "array":
      return `a list${describeLength(actions(node))}, each value ${describe(node.item as SchemaNode)}`;
    case "tuple":
    case "strict_tuple":
      return `a list [${node.items?.map((item) => describe(item)).join(", ")}]`;
    case "record":
      return `an object, each value ${describe(node.value as SchemaNode)}`;
    case "object":
    case "strict_object":
    case "loose_object":
      return `an object with keys ${Object.keys(node.entries ?? {}).join(", ")}`;
    default:
      return node.type === "unknown" || node.type === "any" ? "any value" : `a value of type ${node.type}`;
  }
}

/** The phrases of several alternatives, each once. @param given as in `describe` */
export function describeAny(nodes: readonly SchemaNode[], given?: unknown): string {
  const allowed = nodes.filter((node) => node.type !== "undefined");
  return [...new Set(allowed.map((node) => describe(node, given)))].join(" or ");
}

type Actions = ReadonlyMap<string, unknown>;

/** What the pipes of a schema require; a pipe may start with a schema that has a pipe itself. */
function actions(node: SchemaNode): Actions {
  const found = new Map<string, unknown>();
  for (const part of node.pipe ?? []) {
    if (part.kind === "schema") for (const [type, requirement] of actions(part)) found.set(type, requirement);
    else found.set(part.type, part.requirement);
  }
  return found;
}

function describeNumber(found: Actions, given: unknown): string {
  const whole = found.has("integer") || found.has("safe_integer");
  const noun = whole ? "an integer" : found.has("finite") ? "a finite number" : "a number";
  const low = found.get("min_value");
  const high =
    found.get("max_value") ?? (found.has("safe_integer") && isBeyond(given) ? "2^53 − 1" : undefined);
  const above = found.get("gt_value");
  const below = found.get("lt_value");
  const multiple = found.has("multiple_of") ? ` and a multiple of ${found.get("multiple_of")}` : "";
  if (low !== undefined && high !== undefined) return `${noun} from ${low} to ${high}${multiple}`;
  const bounds = [];
  if (low !== undefined) bounds.push(`${whole ? "of " : ""}at least ${low}`);
  if (above !== undefined) bounds.push(`above ${above}`);
  if (high !== undefined) bounds.push(`${whole ? "of " : ""}at most ${high}`);
  if (below !== undefined) bounds.push(`below ${below}`);
  return `${noun}${bounds.length === 0 ? "" : ` ${bounds.join(" and ")}`}${multiple}`;
}

function describeString(found: Actions): string {
  const noun = found.has("non_empty") || found.get("min_length") === 1 ? "a non-empty string" : "a string";
  return found.has("regex") ? `${noun} matching ${found.get("regex")}` : noun;
}

function describeLength(found: Actions): string {
  if (found.has("length")) return ` of length ${found.get("length")}`;
  const low = found.has("non_empty") ? 1 : found.get("min_length");
  const high = found.get("max_length");
  if (low !== undefined && high !== undefined) return ` of length ${low} to ${high}`;
  if (low !== undefined) return ` of length at least ${low}`;
  return high === undefined ? "" : ` of length at most ${high}`;
}

function findDescription(node: SchemaNode): string | undefined {
  const own = node.pipe?.find((action) => action.type === "description")?.description;
  return own ?? (node.wrapped && findDescription(node.wrapped));
}
