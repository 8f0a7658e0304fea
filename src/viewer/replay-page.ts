/**
 * An episode as one HTML file that anybody can open, offline too: the animated SVG with play, pause,
 * scrubbing and speed, and the return of every agent so far. The page drives the picture's clock; without
 * scripts it just plays.
 */
import { decimalsFor } from "./digits.ts";
import { describeLength, type Episode, returnsSoFar } from "./episode.ts";
import { escapeMarkup } from "./markup.ts";
import { font } from "./palette.ts";
import { type ReplayOptions, replayOptions } from "./replay-options.ts";
import { replaySvg } from "./replay-svg.ts";

const STYLE = `
  :root { color-scheme: light; }
  body { margin: 0; padding: 24px; background: #f5f7fa; color: #1f2933; font-family: ${font}; }
  main { max-width: 560px; margin: auto; padding: 16px; background: white; border-radius: 12px;
    box-shadow: 0 1px 4px #1f293322; }
  svg { display: block; width: 100%; height: auto; }
  form { display: flex; gap: 12px; align-items: center; padding: 4px 20px 12px; }
  input { flex: 1; accent-color: #0072b2; }
  button, select { font: inherit; padding: 4px 12px; border: 1px solid #cbd2d9; border-radius: 8px;
    background: white; }
  button { min-width: 5em; cursor: pointer; }
  table { margin: 0 20px; font-variant-numeric: tabular-nums; border-spacing: 0; }
  td { padding: 2px 24px 2px 0; } td + td { text-align: right; }
  .team { font-weight: 600; }
`;

const SCRIPT = `
  const { secondsPerFrame, agents, returns, decimals } = JSON.parse(document.getElementById("episode").textContent);
  const svg = document.querySelector("svg");
  const [button, slider, speed] = ["play", "step", "speed"].map((id) => document.getElementById(id));
  const cells = document.querySelectorAll("td + td");
  const last = Number(slider.max);
  let frame = 0, playing = true, before = performance.now();
  svg.pauseAnimations();
  function format(value) {
    const size = Math.abs(value).toFixed(decimals);
    return value < 0 && Number(size) > 0 ? "−" + size : size;
  }
  function show() {
    svg.setCurrentTime(frame * secondsPerFrame);
    const step = Math.floor(frame), row = returns[step];
    slider.value = step;
    cells[0].textContent = String(step);
    cells[1].textContent = format(row.reduce((sum, value) => sum + value, 0));
    agents.forEach((_, agent) => { cells[agent + 2].textContent = format(row[agent]); });
  }
  function setPlaying(value) {
    playing = value;
    button.textContent = playing ? "Pause" : "Play";
  }
  function tick(now) {
    if (playing) {
      // The first picture may be older than the script's first look at the clock.
      frame += (Math.max(0, now - before) / 1000 / secondsPerFrame) * Number(speed.value);
      // The end is shown for as long as a step.
      if (frame >= last + 1) frame = 0;
      show();
    }
    before = now;
    requestAnimationFrame(tick);
  }
  button.addEventListener("click", () => setPlaying(!playing));
  slider.addEventListener("input", () => { setPlaying(false); frame = Number(slider.value); show(); });
  document.addEventListener("keydown", (event) => {
    if (event.target === speed) return;
    if (event.key === " ") { setPlaying(!playing); event.preventDefault(); }
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move) return;
    setPlaying(false);
    frame = Math.min(last, Math.max(0, Math.floor(frame) + move));
    show();
    event.preventDefault();
  });
  show();
  requestAnimationFrame(tick);
`;

/** The whole page as text, to be written to a file that ends in .html. @throws InvalidInputError as `replaySvg` does */
export function replayPage(episode: Episode, options: ReplayOptions): string {
  const { secondsPerFrame, title } = replayOptions(options);
  const sums = returnsSoFar(episode);
  const decimals = decimalsFor(sums.flatMap((row) => [...row, row.reduce((sum, value) => sum + value, 0)]));
  const returns = sums.map((row) => row.map((value) => Number(value.toFixed(decimals + 3))));
  const facts = { secondsPerFrame, agents: episode.agents, returns, decimals };
  const data = JSON.stringify(facts).replaceAll("<", "\\u003c");
  const heading = episode.cut ? `${title}, ${describeLength(episode)}` : title;
  const rows = ["step", "return of the team", ...episode.agents].map((name, i) => {
    return `<tr${i === 1 ? ' class="team"' : ""}><td>${escapeMarkup(name)}</td><td></td></tr>`;
  });
  const speeds = [0.5, 1, 2, 4].map((times) => {
    return `<option value="${times}"${times === 1 ? " selected" : ""}>${times}×</option>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(heading)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${replaySvg(episode, options)}
<form onsubmit="return false">
<button type="button" id="play">Pause</button>
<input type="range" id="step" aria-label="step" min="0" max="${episode.rewards.length}" step="1" value="0">
<select id="speed" aria-label="speed">${speeds.join("")}</select>
</form>
<table>${rows.join("")}</table>
</main>
<script type="application/json" id="episode">${data}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}
