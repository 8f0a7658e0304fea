// Installs the package as a user would (npm pack, an empty directory elsewhere), checks the types of the examples of the
// README and of the guides to the library and to games, and runs the README's. What its functions return must have types
// that a user's declarations can name (exported-results.ts), and dist/ must be what src/ compiles to.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const away = mkdtempSync(join(tmpdir(), "marlstone-"));
const npm = (cwd, ...args) =>
  execFileSync("npm", args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });

/** Writes a page's examples beside the installed package and gives the names of the files. */
function writeExamples(page, name) {
  const examples = [...readFileSync(join(root, page), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)];
  if (examples.length === 0) throw new Error(`${page} has no ts example`);
  return examples.map(([, code], index) => {
    const file = `${name}-${index + 1}.ts`;
    writeFileSync(join(away, file), code);
    return file;
  });
}

/** @param files of the package. @throws where its dist/ lacks what a source compiles to, or has anything else */
function requireBuilt(files) {
  const packed = files.map(({ path }) => path).filter((path) => path.startsWith("dist/"));
  const sources = readdirSync(join(root, "src"), { recursive: true }).filter((name) => name.endsWith(".ts"));
  const built = sources.flatMap((name) => {
    const path = `dist/${name.slice(0, -".ts".length).replaceAll(sep, "/")}`;
    return [`${path}.d.ts`, `${path}.js`];
  });
  const wrong = [
    ...packed.filter((path) => !built.includes(path)).map((path) => `${path} has no source`),
    ...built.filter((path) => !packed.includes(path)).map((path) => `${path} is missing`),
  ];
  if (wrong.length > 0) throw new Error(`${wrong.join("; ")}. Build the package: npm run build`);
}

try {
  const [{ filename, files: packed }] = JSON.parse(
    npm(root, "pack", "--json", "--ignore-scripts", "--pack-destination", away, "--loglevel", "error"),
  );
  requireBuilt(packed);
  writeFileSync(join(away, "package.json"), JSON.stringify({ private: true, type: "module" }));
  npm(away, "install", "--no-audit", "--no-fund", "--loglevel", "error", join(away, filename));

  const files = writeExamples("README.md", "example");
  const guides = ["library", "games"].flatMap((name) => writeExamples(`docs/guide/${name}.md`, name));
  copyFileSync(join(root, ".ci/exported-results.ts"), join(away, "exported-results.ts"));
  const strict = ["--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"];
  const declared = ["--declaration", "--emitDeclarationOnly", "--declarationDir", "types"];
  execFileSync(
    process.execPath,
    [
      join(root, "node_modules/typescript/bin/tsc"),
      ...strict,
      ...declared,
      "exported-results.ts",
      ...files,
      ...guides,
    ],
    { cwd: away, stdio: "inherit" },
  );

  const tsx = pathToFileURL(join(root, "node_modules/tsx/dist/esm/index.mjs")).href;
  for (const file of files) {
    console.log(`README ${file}:`);
    execFileSync(process.execPath, ["--import", tsx, file], { cwd: away, stdio: "inherit" });
  }
  const listed = execFileSync(
    process.execPath,
    [join(away, "node_modules/marlstone/dist/cli/main.js"), "list"],
    { encoding: "utf8" },
  );
  if (!listed.includes("particle/cooperative-navigation"))
    throw new Error(`marlstone list printed:\n${listed}`);
  console.log("package: installs elsewhere, README examples run");
} finally {
  rmSync(away, { recursive: true, force: true });
}
