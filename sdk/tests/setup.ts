import type { TestProject } from "vitest/node";
import { startServer } from "./java-server.js";

declare module "vitest" {
  export interface ProvidedContext {
    server: {
      url: string;
      managementUrl: string;
      /** Not bound to origins. */
      publicKey: string;
      /** Bound to `https://shop.example`, which no test page is. */
      boundKey: string;
      privateKey: string;
      flowId: string;
    };
  }
}

/** One server on an embedded Postgres for all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer({ QUOTIENT_HTTP_SCRIPT_ALIAS: "/q.js", QUOTIENT_HTTP_INGEST_ALIAS: "/e" });
  const make = (...args: string[]): Record<string, string> => JSON.parse(server.command(...args, "--json"));
  const { url, managementUrl, privateKey } = server;
  const publicKey = make("key", "create", "--type=public", "--name=anywhere").key!;
  const boundKey = make("key", "create", "--type=public", "--name=bound", "--origin=https://shop.example").key!;
  const flowId = make("flow", "create", "--name=Welcome", "--step=webhook:https://hooks.example/x").id!;
  project.provide("server", { url, managementUrl, publicKey, boundKey, privateKey, flowId });
  return () => server.remove();
}
