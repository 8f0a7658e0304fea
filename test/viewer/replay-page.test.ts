/** The page's controls at work, in a document whose SVG clock is played by the test. */
import { Window } from "happy-dom";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Episode } from "../../src/viewer/episode.ts";
import { replayPage } from "../../src/viewer/replay-page.ts";

const episode: Episode = {
  agents: ["a", "b"],
  frames: [0, 1, 2, 3].map((x) => ({
    view: [0, 0, 3, 3],
    shapes: [{ kind: "circle", x, y: 0, radius: 1, color: "red" }],
  })),
  rewards: [0, 1, 2, 3].map((step) => [-step, 0.5]),
};

/** Opens the page; `tick` moves the time on by some seconds. */
function open(shown = episode) {
  const window = new Window();
  const { document } = window;
  const page = replayPage(shown, { title: "t", secondsPerFrame: 0.5 });
  document.write(page.replace(/<script>[\s\S]*<\/script>/, ""));
  const clock = { shown: -1, now: 0, paused: false, next: (_: number) => {} };
  const svg = Object.assign(document.querySelector("svg") as object, {
    pauseAnimations: () => Object.assign(clock, { paused: true }),
    setCurrentTime: (seconds: number) => Object.assign(clock, { shown: seconds }),
  });
  const script = /<script>([\s\S]*?)<\/script>/.exec(page)?.[1] ?? "";
  const query = document.querySelector.bind(document);
  document.querySelector = ((name: string) => (name === "svg" ? svg : query(name))) as typeof query;
  new Function("document", "performance", "requestAnimationFrame", script)(
    document,
    { now: () => clock.now },
    (next: (now: number) => void) => Object.assign(clock, { next }),
  );
  const tick = (seconds: number): void => {
    clock.now += 1000 * seconds;
    clock.next(clock.now);
  };
  const cells = () => [...document.querySelectorAll("td + td")].map(({ textContent }) => textContent);
  const find = (id: string) => document.getElementById(id) as unknown as HTMLInputElement;
  const press = (key: string) => document.dispatchEvent(new window.KeyboardEvent("keydown", { key }));
  const fire = (id: string, name: string) =>
    find(id).dispatchEvent(new window.Event(name) as unknown as Event);
  return { clock, tick, cells, find, press, fire, close: () => window.happyDOM.close() };
}

test("it plays, shows step and returns, and starts again at the end", async () => {
  const { clock, tick, cells, find, close } = open();
  assert.ok(clock.paused, "the page drives the picture");
  assert.equal(cells(), ["0", "0.00", "0.00", "0.00"]);
  tick(1);
  assert.is(clock.shown, 1);
  assert.is(find("step").value, "2");
  assert.equal(cells(), ["2", "0.00", "−1.00", "1.00"]);
  tick(0.5);
  assert.equal([clock.shown, cells()[0]], [1.5, "3"]);
  tick(0.5);
  assert.equal(cells(), ["4", "−4.00", "−6.00", "2.00"], "what the last step brought, for as long as a step");
  tick(0.4);
  assert.equal(cells()[0], "4");
  tick(0.1);
  assert.equal([clock.shown, cells()[0]], [0, "0"]);
  await close();
});

test("an episode of one step shows what it brought, in digits that tell", async () => {
  const [small, tiny] = [[0.094], [-0.00004]].map((reward) => ({
    ...episode,
    agents: ["a"],
    rewards: [reward],
  }));
  for (const [shown, total] of [
    [small, "0.0940"],
    [tiny, "−0.0000400"],
  ] as const) {
    const { find, fire, cells, close } = open(shown);
    assert.is(find("step").max, "1");
    find("step").value = "1";
    fire("step", "input");
    assert.equal(cells(), ["1", total, total]);
    await close();
  }
});

test("it plays although the first picture's time is before the page's first look at the clock", async () => {
  const { clock, tick, cells, close } = open();
  tick(-0.004);
  assert.is(clock.shown, 0);
  tick(0.504);
  assert.is(clock.shown, 0.504);
  assert.equal(cells()[0], "1");
  await close();
});

test("pause, keys, slider and speed do what they say", async () => {
  const { clock, tick, cells, find, press, fire, close } = open();
  fire("play", "click");
  assert.is(find("play").textContent, "Play");
  tick(1);
  assert.is(clock.shown, 0);
  press("ArrowRight");
  assert.is(clock.shown, 0.5);
  press("ArrowLeft");
  press("ArrowLeft");
  assert.is(clock.shown, 0);
  find("step").value = "2";
  fire("step", "input");
  assert.equal(cells()[0], "2");
  press(" ");
  assert.is(find("play").textContent, "Pause");
  find("speed").value = "0.5";
  tick(0.5);
  assert.is(clock.shown, 1.25);
  await close();
});

test.run();
