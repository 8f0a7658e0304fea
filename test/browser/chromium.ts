/** Finds an installed Chromium or Chrome and starts it without a window. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const USUAL = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @throws Error that says how to install one when there is none */
export async function startChromium(): Promise<Browser> {
  const given = process.env.CHROMIUM;
  const executablePath = (given ? [given] : USUAL).find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      given
        ? `CHROMIUM is "${given}", where there is no file. Set it to the program, or unset it to look in the usual places.`
        : "No Chromium found. Install one (Debian, Ubuntu: apt install chromium; macOS: brew install --cask chromium; " +
            "or Chrome), or set CHROMIUM to the path of its program.",
    );
  }
  return chromium.launch({ executablePath, args: FLAGS });
}
