import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { QuotientServer } from "@quotientjs/server";
import { afterEach, expect, inject, it } from "vitest";
import { freePort, until } from "./java-server.js";
import { openBrowser, program, withoutChromium } from "./site.js";

const EXAMPLES = fileURLToPath(new URL("../examples/proxy", import.meta.url));
const { url, publicKey, privateKey } = inject("server");

const proxies = [
  {
    name: "nginx",
    file: "nginx.conf",
    port: (text: string, port: number) => text.replace("listen 80;", `listen 127.0.0.1:${port};`),
    args: (directory: string) => ["-p", directory, "-c", join(directory, "nginx.conf"), "-g", "daemon off; pid nginx.pid; error_log stderr;"],
  },
  {
    name: "caddy",
    file: "Caddyfile",
    port: (text: string, port: number) => `{\n\tadmin off\n}\n${text.replace(":80 {", `http://:${port} {`)}`,
    args: (directory: string) => ["run", "--adapter", "caddyfile", "--config", join(directory, "Caddyfile")],
  },
];

let running: ChildProcess | undefined;
let directory: string;

afterEach(async () => {
  const ended = new Promise((resolve) => running?.once("exit", resolve));
  running?.kill();
  await ended;
  rmSync(directory, { recursive: true, force: true });
});

for (const { name, file, port: listening, args } of proxies) {
  const path = program(name);
  const skipped = withoutChromium || path === undefined;
  if (skipped) {
    const sentence = `SKIPPED: a path of one's own is not tested behind ${name}, because ${name} or chromium is missing; install them.`;
    if (process.env.QUOTIENT_REQUIRE_BROWSER === "1") {
      throw new Error(sentence);
    }
    console.error(sentence);
  }

  it.skipIf(skipped)(`a page behind ${name} sends its events under its own origin`, async () => {
    directory = mkdtempSync(join(tmpdir(), "quotient-proxy-"));
    // Workers of nginx have a user of their own.
    chmodSync(directory, 0o755);
    mkdirSync(join(directory, "www"));
    const port = await freePort();
    const text = listening(readFileSync(join(EXAMPLES, file), "utf8"), port);
    writeFileSync(
      join(directory, file),
      text.replaceAll("127.0.0.1:8080", new URL(url).host).replaceAll("/var/www/html", join(directory, "www")),
    );
    const page = readFileSync(join(EXAMPLES, "index.html"), "utf8").replaceAll("pk_…", publicKey);
    writeFileSync(join(directory, "www/index.html"), page);
    let output = "";
    running = spawn(path!, args(directory), { cwd: directory, env: { ...process.env, HOME: directory } });
    running.stderr?.on("data", (chunk) => (output += chunk));
    const site = `http://localhost:${port}`;
    await until(50_000, () => fetch(site).then((answer) => answer.ok, () => false), () => output);

    const browser = await openBrowser();
    const requested: string[] = [];
    const faults: string[] = [];
    const shown = await browser.newPage();
    shown.on("request", (request) => requested.push(request.url()));
    shown.on("pageerror", (error) => faults.push(error.message));
    await shown.goto(`${site}/`);
    const deviceId = await shown.evaluate(() => localStorage.getItem("quotient.deviceId") ?? "none");
    const server = new QuotientServer({ privateKey, baseUrl: url });
    await until(50_000, async () => (await server.analytics.list({ deviceId })).events.length === 1);
    const { events } = await server.analytics.list({ deviceId });
    await browser.close();

    expect(events[0]!.origin).toBe(site);
    expect(requested).toEqual([`${site}/`, `${site}/q.js`, `${site}/e`]);
    expect(faults).toEqual([]);
  });
}
