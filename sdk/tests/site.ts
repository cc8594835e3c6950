import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** A site whose name is not the loopback's, so that its http pages are not secure contexts. */
export const INSECURE_HOST = "shop.test";

/** The path of a program; undefined when it is not installed. */
export function program(name: string): string | undefined {
  // Debian keeps servers in sbin, which is not on every user's path.
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"]
    .map((directory) => join(directory, name))
    .find(existsSync);
}

const CHROMIUM = program("chromium");

/** Whether tests that need Chromium are left out, which they say; an environment can forbid it. */
export const withoutChromium = CHROMIUM === undefined;
if (withoutChromium) {
  const sentence = "SKIPPED: the SDK is not tested in a browser, because chromium is not on the PATH; install it.";
  if (process.env.QUOTIENT_REQUIRE_BROWSER === "1") {
    throw new Error(`${sentence} It is required here, by QUOTIENT_REQUIRE_BROWSER=1.`);
  }
  console.error(sentence);
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    // Playwright switches the back-forward cache off, which a test needs.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
    ],
  });
}

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

async function listen(server: Server): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Serves pages by path; each has its headers. */
export function serveSite(pages: Record<string, { body: string; headers?: Record<string, string> }>): Promise<Listening> {
  return listen(
    createServer((incoming, response) => {
      const page = pages[new URL(incoming.url ?? "/", "http://site").pathname];
      const type = incoming.url?.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
      response.writeHead(page === undefined ? 404 : 200, { "Content-Type": type, ...page?.headers });
      response.end(page?.body);
    }),
  );
}

/** What happens to requests for events: nothing special, no answer, no way to the server, or a refusal. */
export type Fault = "none" | "lose answers" | "cut" | "busy";

export interface FaultProxy extends Listening {
  fault: Fault;
  /** Bodies of the requests for events that went to the server. */
  readonly forwarded: string[];
}

/** Stands between pages and the server. */
export async function startProxy(target: () => string): Promise<FaultProxy> {
  const forwarded: string[] = [];
  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    const isEvents = incoming.method === "POST" && incoming.url?.startsWith("/api/v0/analytics") === true;
    const fault = isEvents ? proxy.fault : "none";
    if (fault === "cut") {
      incoming.socket.destroy();
      return;
    }
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.on("error", () => response.destroy());
    incoming.on("end", () => {
      if (fault === "busy") {
        response.writeHead(503, { "Retry-After": "1", "Access-Control-Allow-Origin": "*" }).end("{}");
        return;
      }
      const body = Buffer.concat(parts);
      if (isEvents) {
        forwarded.push(body.toString());
      }
      const passed = request(target() + incoming.url, { method: incoming.method, headers: incoming.headers }, (answer) => {
        if (fault === "lose answers") {
          answer.resume().on("end", () => incoming.socket.destroy());
        } else {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        }
      });
      passed.on("error", () => incoming.socket.destroy());
      passed.end(body);
    });
  };
  const proxy: FaultProxy = { ...(await listen(createServer(handle))), fault: "none", forwarded };
  return proxy;
}
