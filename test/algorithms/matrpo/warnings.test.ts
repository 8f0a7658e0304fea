/** What MATRPO says of an update that went otherwise than asked. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { matrpoPresets } from "../../../src/algorithms/matrpo/options.ts";
import { batches, make, small, train } from "../../support/matrpo.ts";

test("an agent whose last activation refused every step is said to stand still, and does", () => {
  const algorithm = make({
    ...matrpoPresets.official,
    ...small,
    maxKl: 0.1,
    lineSearchSteps: 1,
    admmIterations: 6,
  });
  const before = algorithm.agents.map(({ policy }) => policy.parameters);
  const { kl, warnings, details = {} } = algorithm.update(batches()[0]);
  const refused = (details.stepScale as number[]).flatMap((scale, i) => (scale === 0 ? [i] : []));
  assert.ok(refused.length > 0 && refused.length < 3, `refused ${refused}`);
  assert.is(warnings.filter((warning) => / stays as it is: /.test(warning)).length, refused.length);
  for (const [i, agent] of algorithm.agents.entries()) {
    if (refused.includes(i)) assert.equal(agent.policy.parameters, before[i]);
    assert.is(kl[i] === 0, refused.includes(i));
  }
});

test("agents that leave before the others are warned of, once", () => {
  const algorithm = make();
  const [batch] = batches();
  for (const row of batch.agents[1].alive.keys()) if (row % 10 >= 5) batch.agents[1].alive[row] = 0;
  const [first, second] = [batch, batch].map((each) => algorithm.update(each).warnings);
  assert.equal(first.filter((warning) => /^agent_1 is away in 50 % of the rows/.test(warning)).length, 1);
  assert.equal(
    second.filter((warning) => / is away in /.test(warning)),
    [],
  );
});

test("a resumed algorithm does not warn of absences again, as one that never stopped", () => {
  const [begun, resumed] = [make(), make()];
  const [batch] = batches();
  batch.agents[1].alive.fill(0, 0, 5);
  begun.update(batch);
  resumed.load(begun.save());
  assert.equal(resumed.update(batch), begun.update(batch));
});

test("without damping the default learns all the same", () => {
  for (const { kl, warnings } of train(make({ cgDamping: 0 }))) {
    assert.ok(
      kl.every((value) => value > 1e-3),
      `KL ${kl}`,
    );
    assert.equal(
      warnings.filter((warning) => !warning.startsWith("agents disagree")),
      [],
    );
  }
});

test("an agent whose basis is full before it is as accurate as asked for says so", () => {
  const [tight] = train(make({ subspaceTolerance: 1e-6, subspaceLimit: 3 }));
  assert.ok(tight.warnings.length > 0);
  assert.ok(
    tight.warnings.every((line) => /solved to a residual of .* basis of 3 vectors was full/.test(line)),
  );
  assert.equal(tight.details?.basisSize, [3, 3, 3]);
  const [loose] = train(make({ subspaceTolerance: 0.5, subspaceLimit: 40 }));
  assert.equal(loose.warnings, []);
  const residuals = (loose.details?.solverResidual ?? []) as readonly number[];
  assert.is(residuals.length, 3);
  assert.ok(Math.max(...residuals) <= 0.5, `residuals ${residuals}`);
});

test.run();
