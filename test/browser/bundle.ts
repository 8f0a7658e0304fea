/** Bundles for the browser as a user would. What needs Node's modules, at load time or later, does not resolve. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Test files import src/; in the bundle that is the built package. */
const built: Plugin = {
  name: "built",
  setup({ onResolve }) {
    onResolve({ filter: /\/src\/.*\.ts$/ }, ({ path }) => ({
      path: join(root, "dist", path.slice(path.lastIndexOf("/src/") + 5).replace(/ts$/, "js")),
    }));
  },
};

export interface Bundle {
  readonly code: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** The packages that code of the bundle comes from. */
  readonly packages: readonly string[];
}

/** @param entry path below the root of the project */
export async function bundle(entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    metafile: true,
    plugins: [built],
  });
  const [{ contents, text }] = outputFiles;
  return {
    code: text,
    bytes: contents.length,
    gzipBytes: gzipSync(contents, { level: 9 }).length,
    packages: packagesOf(Object.values(metafile.outputs)[0].inputs),
  };
}

/** Names of the packages that are in the output, not only looked at. */
function packagesOf(inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>): string[] {
  const names = Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? (path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []) : [],
  );
  return [...new Set(names)].sort();
}
