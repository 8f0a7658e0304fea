/** Kinds of options, each with its description: numbers in a range, flags, choices. */
import * as v from "valibot";

export const positive = (description: string) =>
  v.pipe(v.number(), v.finite(), v.gtValue(0), v.description(description));
export const atLeastZero = (description: string) =>
  v.pipe(v.number(), v.finite(), v.minValue(0), v.description(description));
export const fraction = (description: string) =>
  v.pipe(v.number(), v.minValue(0), v.maxValue(1), v.description(description));
export const count = (from: number, description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(from), v.description(description));
export const flag = (description: string) => v.pipe(v.boolean(), v.description(description));
export const choice = <const Names extends readonly string[]>(names: Names, description: string) =>
  v.pipe(v.picklist(names), v.description(description));
