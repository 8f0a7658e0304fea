/**
 * Serves the page on 127.0.0.1: below /open/ without a policy, below /strict/ under one that forbids eval and workers from
 * blobs; below /isolated/ and /isolated-strict/ the same for pages that may share memory with their workers.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const POLICY = "script-src 'self' 'wasm-unsafe-eval'";

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

const html = (script: string): string =>
  `<!doctype html><title>Marlstone</title><link rel="icon" href="data:,"><output></output>
<script type="module" src="${script}"></script>`;

const workerOwner = `
  const show = (text) => { document.querySelector("output").textContent = text; };
  const worker = new Worker("page.js", { type: "module" });
  worker.onmessage = ({ data }) => show(data);
  worker.onerror = ({ message }) => show(JSON.stringify({ error: message ?? "the worker does not load" }));
`;

export interface Server {
  readonly origin: string;
  close(): void;
}

/** @param pageScript the bundle of page.ts */
export async function serve(pageScript: string): Promise<Server> {
  const files: Record<string, readonly [type: string, body: string]> = {
    page: ["text/html", html("page.js")],
    worker: ["text/html", html("worker-owner.js")],
    "page.js": ["text/javascript", pageScript],
    "worker-owner.js": ["text/javascript", workerOwner],
  };
  const server = createServer(({ url = "" }, response) => {
    const [, policy, name] = url.split("/");
    const [type, body] = files[name] ?? ["text/plain", `there is no ${url}`];
    const headers = {
      ...(policy.endsWith("strict") && { "content-security-policy": POLICY }),
      ...(policy.startsWith("isolated") && ISOLATION),
    };
    response.writeHead(name in files ? 200 : 404, { "content-type": `${type}; charset=utf-8`, ...headers });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
