/** Values, surrogates and corrections against an independent program, whose solves are Gauss-Jordan over all pairs. */
import { test } from "uvu";
import {
  correctedAdvantages,
  correctionError,
  regressionValues,
  retraceSweep,
  vtraceValues,
} from "../../src/theory/preopc.ts";
import {
  a2poSurrogate,
  happoSurrogate,
  independentSurrogate,
  jointSurrogate,
} from "../../src/theory/surrogates.ts";
import type { TeamUpdate } from "../../src/theory/update.ts";
import { allClose, close } from "../support/close.ts";
import { flat, type GoldenGame, goldenGames, updateOf } from "../support/golden-theory.ts";

/** Both programs are exact up to rounding, about 1e-14 here. */
const TOLERANCE = 1e-12;

const eachGame = (body: (golden: GoldenGame, update: TeamUpdate) => void): void => {
  for (const golden of goldenGames) body(golden, updateOf(golden));
};

test("values, visitations, advantages and returns of every stage agree", () => {
  eachGame((golden, { stages }) => {
    for (const [m, expected] of golden.stages.entries()) {
      allClose(stages[m].values, expected.values, TOLERANCE, "V");
      allClose(stages[m].visitation, expected.visitation, TOLERANCE, "d");
      allClose(stages[m].advantages, flat(expected.advantages), TOLERANCE, "A");
      close(stages[m].expectedReturn, expected.expectedReturn, TOLERANCE, "J");
    }
  });
});

test("distances and surrogates agree", () => {
  eachGame((golden, update) => {
    close(independentSurrogate(update, 1), golden.summed, TOLERANCE, "MAPPO");
    close(jointSurrogate(update), golden.joint, TOLERANCE, "CoPPO");
    for (const [i, { happo, a2po, alpha, estimateOld }] of golden.agents.entries()) {
      close(update.distances[i], alpha, TOLERANCE, "alpha");
      close(happoSurrogate(update, i + 1), happo, TOLERANCE, "HAPPO");
      close(a2poSurrogate(update, i + 1, flat(estimateOld)), a2po, TOLERANCE, "A2PO");
    }
  });
});

test("corrected advantages and ξ agree, though we solve over states and the program over states and actions", () => {
  eachGame(({ agents, lambda, uncut }, { game, stages }) => {
    const behaviour = stages[0].joint;
    for (const [i, { estimateOld, xiOld, xiTarget }] of agents.entries()) {
      const correction = { game, behaviour, target: stages[i].joint, lambda };
      const estimate = correctedAdvantages(correction, stages[0].values);
      allClose(estimate, flat(estimateOld), TOLERANCE, "estimate");
      close(correctionError(estimate, stages[i]), xiOld, TOLERANCE, "xi with V^pi");
      const exact = correctedAdvantages(correction, stages[i].values);
      close(correctionError(exact, stages[i]), xiTarget, TOLERANCE, "xi with V of the target");
    }
    const target = stages[stages.length - 2].joint;
    const free = { game, behaviour, target, lambda: 1, cut: 1e9 };
    allClose(correctedAdvantages(free, stages[0].values), flat(uncut), 1e-11, "not cut");
  });
});

test("fixed points agree with the limits of the program's iterations, a Retrace sweep with its own", () => {
  eachGame((golden, { game, stages }) => {
    const target = stages[stages.length - 2].joint;
    const correction = { game, behaviour: stages[0].joint, target, lambda: golden.lambda };
    allClose(regressionValues(correction), golden.regressionValues, 1e-11, "regression");
    allClose(vtraceValues(correction), golden.vtraceValues, 1e-8, "V-trace, whose iteration stops at 1e-10");
    allClose(retraceSweep(correction, flat(golden.retraceFrom)), flat(golden.retraceTo), 1e-11, "Retrace");
  });
});

test.run();
