/** Named tensors ↔ one flat vector: optimisers and kernels see the vector, checkpoints the names. */
import { InvalidInputError } from "../validation/errors.ts";

export interface NamedTensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

export interface ParameterEntry {
  /** Such as "policy/layers.0.weight". */
  readonly name: string;
  readonly shape: readonly number[];
  /** Index of the first value in the flat vector. */
  readonly offset: number;
}

/** Where each tensor lies in the flat vector: one after another, without gaps. */
export interface ParameterLayout {
  readonly entries: readonly ParameterEntry[];
  /** Length of the flat vector. */
  readonly size: number;
}

/** Lays tensors out in the order given. @throws InvalidInputError when a name occurs twice */
export function layoutOf(tensors: readonly Omit<ParameterEntry, "offset">[]): ParameterLayout {
  const entries: ParameterEntry[] = [];
  let size = 0;
  for (const { name, shape } of tensors) {
    if (entries.some((entry) => entry.name === name)) {
      throw new InvalidInputError(`parameter name "${name}" occurs twice; give every tensor its own name.`);
    }
    entries.push({ name, shape, offset: size });
    size += countOf(shape);
  }
  return { entries, size };
}

/** The flat vector cut into tensors by name (copies). @throws InvalidInputError when the length is wrong */
export function unflatten(layout: ParameterLayout, flat: Float32Array): Record<string, NamedTensor> {
  if (flat.length !== layout.size) {
    throw new InvalidInputError(
      `the flat vector has ${flat.length} values, but the layout needs ${layout.size}.`,
    );
  }
  const tensors = layout.entries.map(({ name, shape, offset }): [string, NamedTensor] => {
    return [name, { shape, values: flat.slice(offset, offset + countOf(shape)) }];
  });
  return Object.fromEntries(tensors);
}

/**
 * The flat vector of named tensors. Further names are ignored, so a whole checkpoint can be passed.
 * @throws InvalidInputError when a tensor is missing or has another shape.
 */
export function flatten(
  layout: ParameterLayout,
  tensors: Readonly<Record<string, NamedTensor>>,
): Float32Array {
  const flat = new Float32Array(layout.size);
  for (const { name, shape, offset } of layout.entries) {
    if (!Object.hasOwn(tensors, name)) {
      throw new InvalidInputError(
        `tensor "${name}" of shape [${shape}] is missing; was it saved by another model?`,
      );
    }
    const { shape: found, values } = tensors[name];
    const same = found.length === shape.length && found.every((size, i) => size === shape[i]);
    if (!same || values.length !== countOf(shape)) {
      throw new InvalidInputError(
        `tensor "${name}" has shape [${found}] and ${values.length} values, but the model needs [${shape}]; ` +
          "build the model with the sizes it was saved with.",
      );
    }
    flat.set(values, offset);
  }
  return flat;
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
