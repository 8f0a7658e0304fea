/**
 * What an operation is to the tape: operands, constant options, and a rule that computes it and differentiates it.
 * `Operations` names them all; `Rules` has one entry for each name, so an operation without its rule does not compile.
 */
import type { ActivationName, Pointer } from "../kernels/abi.ts";
import type { Arena } from "../kernels/memory.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

interface Signature<Inputs extends readonly Tensor[], Options = object> {
  readonly inputs: Inputs;
  readonly options: Options;
}

/** Operands of `product`: "first" computes AᵀB, "second" ABᵀ. */
export type Transposed = "neither" | "first" | "second";

/** Every operation of the tape. Operands of one shape unless said otherwise; `operations.ts` checks and broadcasts. */
export interface Operations {
  readonly add: Signature<readonly [x: Tensor, y: Tensor]>;
  readonly subtract: Signature<readonly [x: Tensor, y: Tensor]>;
  readonly multiply: Signature<readonly [x: Tensor, y: Tensor]>;
  readonly divide: Signature<readonly [x: Tensor, y: Tensor]>;
  readonly scale: Signature<readonly [x: Tensor], { readonly factor: number }>;
  readonly exp: Signature<readonly [x: Tensor]>;
  readonly log: Signature<readonly [x: Tensor]>;
  readonly sqrt: Signature<readonly [x: Tensor]>;
  readonly sin: Signature<readonly [x: Tensor]>;
  readonly cos: Signature<readonly [x: Tensor]>;
  readonly activate: Signature<readonly [x: Tensor], { readonly activation: ActivationName }>;
  /** g ⊙ activation′(x) from y = activation(x). */
  readonly activationGradient: Signature<
    readonly [y: Tensor, g: Tensor],
    { readonly activation: ActivationName }
  >;
  /** 1 where x > y, else 0. */
  readonly greater: Signature<readonly [x: Tensor, y: Tensor]>;
  /** x where the mask is not 0, else y. */
  readonly where: Signature<readonly [mask: Tensor, x: Tensor, y: Tensor]>;
  readonly stopGradient: Signature<readonly [x: Tensor]>;
  readonly matmul: Signature<readonly [a: Tensor, b: Tensor], { readonly transposed: Transposed }>;
  /** activation(x[m,k]·w[k,n] + b[n]). */
  readonly dense: Signature<
    readonly [x: Tensor, w: Tensor, b: Tensor],
    { readonly activation: ActivationName }
  >;
  readonly broadcast: Signature<readonly [x: Tensor], { readonly shape: Shape }>;
  /** The transpose of broadcast: sums over the axes along which `shape` would repeat. */
  readonly sumTo: Signature<readonly [x: Tensor], { readonly shape: Shape }>;
  readonly reshape: Signature<readonly [x: Tensor], { readonly shape: Shape }>;
  /** Rows (entries of the first axis) from `start` up to `end`. */
  readonly slice: Signature<readonly [x: Tensor], { readonly start: number; readonly end: number }>;
  /** The transpose of slice: zeros before and after, `rows` in all. */
  readonly pad: Signature<readonly [x: Tensor], { readonly start: number; readonly rows: number }>;
  /** x[m,n] → [m,picks], the columns `indices` [m,picks] of each row. */
  readonly gather: Signature<readonly [x: Tensor], { readonly indices: Int32Array; readonly picks: number }>;
  /** The transpose of gather: x[m,k] → [m,columns], added at the `indices` [m,k]. */
  readonly scatter: Signature<
    readonly [x: Tensor],
    { readonly indices: Int32Array; readonly columns: number }
  >;
  /** Log-probabilities a head; a row holds heads of the given `sizes` side by side. */
  readonly logSoftmax: Signature<readonly [logits: Tensor], { readonly sizes: readonly number[] }>;
  /** Entropies [rows, heads] of the softmax of each head. */
  readonly softmaxEntropy: Signature<readonly [logits: Tensor], { readonly sizes: readonly number[] }>;
  /** −g·p(log p + entropy), [rows, Σ sizes]: the cotangent of the logits for g [rows, heads] of softmaxEntropy. */
  readonly softmaxEntropyGradient: Signature<
    readonly [logits: Tensor, g: Tensor],
    { readonly sizes: readonly number[] }
  >;
  /** y = (x − mean)·s a row of x[m,n], s = 1/√(variance + epsilon). */
  readonly layerNorm: Signature<readonly [x: Tensor], { readonly epsilon: number }>;
  /** s [m,1] of x[m,n]; `known` is where they already are. */
  readonly layerNormScale: Signature<
    readonly [x: Tensor],
    { readonly epsilon: number; readonly known?: Pointer }
  >;
  /** Memories [rows,n] from gates a[rows,3n], w[n,3n], b[3n] and the first memory [sequences,n]; see gru.ts. */
  readonly gru: Signature<
    readonly [a: Tensor, w: Tensor, b: Tensor, initial: Tensor],
    { readonly starts: Uint8Array }
  >;
  /** Cotangents of the four operands, one after another in a vector, for g[rows,n]; `known` is where gru's output is. */
  readonly gruGradient: Signature<
    readonly [a: Tensor, w: Tensor, b: Tensor, initial: Tensor, g: Tensor],
    { readonly starts: Uint8Array; readonly known?: Pointer }
  >;
  /** s(g − mean(g) − y·mean(y g)) a row, from y[m,n] and s[m,1]. */
  readonly layerNormGradient: Signature<readonly [y: Tensor, s: Tensor, g: Tensor]>;
}

export type OperationName = keyof Operations;
export type Inputs<Name extends OperationName> = Operations[Name]["inputs"];
export type Options<Name extends OperationName> = Operations[Name]["options"];

/** An operation that was carried out. */
export interface Application<Name extends OperationName> {
  readonly inputs: Inputs<Name>;
  readonly options: Options<Name>;
  readonly output: Tensor;
}

/**
 * The derivative with respect to one operand, a linear map: `jvp` takes a tangent of the operand to its part of the
 * output's tangent, `vjp` (the transpose) a cotangent of the output to the operand's. Both are written in operations,
 * so they can be differentiated in turn. null is the zero map.
 */
export interface LinearMap {
  readonly jvp: (tangent: Tensor) => Tensor;
  readonly vjp: (cotangent: Tensor) => Tensor;
}
export type Derivative<Operands extends readonly Tensor[]> = {
  readonly [I in keyof Operands]: LinearMap | null;
};

/** Where the values of a result are. */
export interface Stored {
  readonly shape: Shape;
  readonly pointer: Pointer;
}

export interface Rule<Name extends OperationName> {
  /** Computes the result; operands have been checked. */
  readonly forward: (arena: Arena, inputs: Inputs<Name>, options: Options<Name>) => Stored;
  /** One linear map an operand. */
  readonly derivative: (application: Application<Name>) => Derivative<Inputs<Name>>;
  /** All operands' parts of the output's tangent in one, where that is faster; undefined where it is not. */
  readonly tangent?: (
    application: Application<Name>,
    tangents: readonly (Tensor | undefined)[],
  ) => Tensor | undefined;
}

export type Rules = { readonly [Name in OperationName]: Rule<Name> };
