/**
 * Every rule of the table against an independent f64 evaluator: value, derivative and second derivative by central
 * differences, and the adjoint identities. The table itself is enumerated, so a new rule cannot skip.
 */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { hvp, jvp, vjp } from "../../src/autodiff/derivatives.ts";
import { multiply } from "../../src/autodiff/operations.ts";
import type { OperationName, Rules } from "../../src/autodiff/rule.ts";
import { rules } from "../../src/autodiff/rules.ts";
import { sum } from "../../src/autodiff/shaping.ts";
import { record } from "../../src/autodiff/tape.ts";
import { Random } from "../../src/tensor/random.ts";
import type { NdArray, Tensor } from "../../src/tensor/tensor.ts";
import { allClose, close } from "../support/close.ts";
import { dot } from "../support/matrices.ts";
import { generators, type OperationCase } from "../support/operation-cases.ts";
import { references } from "../support/operation-reference.ts";

const RUNS = 300;
/** Operations that are many small ones inside. */
const fewerRuns: { readonly [Name in OperationName]?: number } = { gru: 50, gruGradient: 30 };
/** Relative to the sum of the absolute terms plus 1: f32 rounding, and 1e-9 of the differences. */
const TOLERANCE = 1e-5;
const names = Object.keys(rules) as OperationName[];

/** Operands whose derivative is 0 by definition, although the value depends on them. */
const inert: { readonly [Name in OperationName]?: number } = { where: 0, stopGradient: 0 };

/** An operation at a point, with directions v and w in its operands and weights u of its values. */
class Problem<Name extends OperationName> {
  readonly name: Name;
  readonly inputs: readonly NdArray[];
  readonly options: OperationCase<Name>["options"];
  readonly v: readonly NdArray[];
  readonly w: readonly NdArray[];
  readonly u: Float32Array;

  constructor(name: Name, { inputs, options }: OperationCase<Name>, seed: number) {
    const random = Random.fromSeed(seed);
    const draw = (count: number) => Float32Array.from({ length: count }, () => random.normal());
    const direction = () => inputs.map(({ shape, values }) => ({ shape, values: draw(values.length) }));
    this.name = name;
    this.inputs = inputs;
    this.options = options;
    this.v = direction();
    this.w = direction();
    this.u = draw(this.reference(0, 0).length);
  }

  /** In f64 at x + s·v + t·w. */
  reference(s: number, t: number): Float64Array {
    const moved = this.inputs.map(({ shape, values }, k) => {
      const fixed = inert[this.name] === k;
      const at = Float64Array.from(values, (value, i) =>
        fixed ? value : value + s * this.v[k].values[i] + t * this.w[k].values[i],
      );
      return { shape, values: at };
    });
    return references[this.name](moved, this.options);
  }

  apply(inputs: readonly Tensor[]): Tensor {
    return record(this.name, inputs as never, this.options);
  }

  /** H·direction of ⟨u, values⟩. */
  curvature(direction: readonly NdArray[]): Float64Array {
    const weighted = (inputs: readonly Tensor[]) => {
      const output = this.apply(inputs);
      return sum(multiply(output, { shape: output.shape, values: this.u }));
    };
    return joined(hvp(weighted, this.inputs, direction));
  }
}

const joined = (arrays: readonly NdArray[]) => Float64Array.from(arrays.flatMap(({ values }) => [...values]));
/** Σ |aᵢbᵢ| + 1. */
const scaleOf = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (value, i) => Math.abs(value * b[i])).reduce((total, term) => total + term, 1);

function each<Name extends OperationName>(name: Name, check: (problem: Problem<Name>) => void): void {
  const cases = fc.record({ drawn: generators[name], seed: fc.nat() });
  fc.assert(
    fc.property(cases, ({ drawn, seed }) => check(new Problem(name, drawn, seed))),
    { numRuns: fewerRuns[name] ?? RUNS },
  );
}

for (const name of names) {
  test(`${name}: value and tangent agree with f64 and its central differences`, () => {
    each(name, (problem) => {
      const { value, tangent } = jvp((x) => problem.apply(x), problem.inputs, problem.v);
      const exact = problem.reference(0, 0);
      allClose(value.values, exact, (TOLERANCE / 10) * scaleOf(exact, exact), "value");
      const h = 1e-5;
      const [ahead, behind] = [problem.reference(h, 0), problem.reference(-h, 0)];
      const expected = ahead.map((x, i) => (x - behind[i]) / (2 * h));
      allClose(tangent.values, expected, TOLERANCE * scaleOf(expected, expected), "tangent");
    });
  });

  test(`${name}: the cotangent map is the transpose, ⟨u, Jv⟩ = ⟨Jᵀu, v⟩`, () => {
    each(name, (problem) => {
      const { tangent } = jvp((x) => problem.apply(x), problem.inputs, problem.v);
      const { gradient } = vjp((x) => problem.apply(x), problem.inputs, problem.u);
      const [back, v] = [joined(gradient), joined(problem.v)];
      const scale = scaleOf(problem.u, tangent.values) + scaleOf(back, v);
      close(dot(problem.u, tangent.values), dot(back, v), TOLERANCE * scale, "⟨u, Jv⟩");
    });
  });

  test(`${name}: the second derivative is symmetric and agrees with f64 differences`, () => {
    each(name, (problem) => {
      const [v, w] = [joined(problem.v), joined(problem.w)];
      const [hv, hw] = [problem.curvature(problem.v), problem.curvature(problem.w)];
      const scale = scaleOf(hv, w) + scaleOf(hw, v);
      close(dot(w, hv), dot(v, hw), TOLERANCE * scale, "⟨w, Hv⟩");
      const h = 1e-4;
      const at = (s: number, t: number) => dot(problem.u, problem.reference(s * h, t * h));
      const expected = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * h * h);
      close(dot(w, hv), expected, 2 * TOLERANCE * scale, "⟨w, Hv⟩ by differences");
    });
  });
}

test("a table that lacks a rule, or a rule that lacks a part, does not compile", () => {
  const { exp: removed, ...others } = rules;
  // @ts-expect-error the rule of exp is missing
  const incomplete: Rules = others;
  // @ts-expect-error the second operand's derivative is missing
  const oneSided: Rules["add"]["derivative"] = () => [null];
  // @ts-expect-error the transpose is missing
  const forwardOnly: ReturnType<Rules["exp"]["derivative"]> = [{ jvp: (tangent) => tangent }];
  assert.not.ok(Object.values(incomplete).includes(removed));
  assert.equal([oneSided({} as never), forwardOnly.length], [[null], 1]);
});

test.run();
