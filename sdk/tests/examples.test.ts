import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { QuotientServer } from "@quotientjs/server";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { until } from "./java-server.js";
import { openBrowser, serveSite, withoutChromium } from "./site.js";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const { url, publicKey, privateKey } = inject("server");
const server = new QuotientServer({ privateKey, baseUrl: url });

let browser: Browser;
let scratch: string;

beforeAll(async () => {
  browser = await openBrowser();
  scratch = mkdtempSync(join(tmpdir(), "quotient-examples-"));
});

afterAll(async () => {
  await browser?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** The example with the key and the address of this server. */
const here = (text: string): string => text.replaceAll("pk_…", publicKey).replaceAll("http://localhost:8080", url);

async function open(address: string, faults: string[]): Promise<Page> {
  const page = await browser.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  await page.goto(address);
  return page;
}

async function eventsOf(deviceId: string): Promise<string[]> {
  const { events } = await server.analytics.list({ deviceId });
  return events.map((event) => `${event.eventType} ${event.path}`).sort();
}

const deviceOf = (page: Page): Promise<string> =>
  page.evaluate(() => localStorage.getItem("quotient.deviceId") ?? "none");

it.skipIf(withoutChromium)("the plain HTML example sends events and subscribes a person", async () => {
  const site = await serveSite({ "/": { body: here(readFileSync(join(SDK, "examples/html/index.html"), "utf8")) } });
  const faults: string[] = [];
  const page = await open(`http://localhost:${site.port}/`, faults);
  await page.getByRole("button", { name: "Add to cart" }).click();
  const emailAddress = `visitor-${Date.now()}@example.com`;
  await page.getByLabel("E-mail").fill(emailAddress);
  await page.getByRole("button", { name: "Subscribe" }).click();
  await page.getByText("Thank you.").waitFor();
  const device = await deviceOf(page);
  await until(50_000, async () => (await eventsOf(device)).length === 2);
  expect(await eventsOf(device)).toEqual(["addToCart /", "pageView /"]);
  expect((await server.people.list({ search: emailAddress })).people[0]!.emailSubscriptionStatus).toBe("SUBSCRIBED");
  expect(faults).toEqual([]);
  await site.close();
});

it.skipIf(withoutChromium)("the React example, installed from the packages and built by Vite, sends page views", async () => {
  const app = join(scratch, "react");
  cpSync(join(SDK, "examples/react"), app, { recursive: true });
  for (const name of ["core", "client", "react"]) {
    execFileSync("npm", ["pack", "--pack-destination", app], { cwd: join(SDK, "packages", name), stdio: "pipe" });
  }
  const packages = readdirSync(app).filter((file) => file.endsWith(".tgz"));
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages], { cwd: app, stdio: "pipe" });
  const main = join(app, "src/main.tsx");
  writeFileSync(main, here(readFileSync(main, "utf8")));
  execFileSync("npm", ["run", "build"], { cwd: app, stdio: "pipe" });
  const built = readdirSync(join(app, "dist/assets")).map((file) => [
    `/assets/${file}`,
    { body: readFileSync(join(app, "dist/assets", file), "utf8") },
  ]);
  const index = { body: readFileSync(join(app, "dist/index.html"), "utf8") };
  const site = await serveSite({ ...Object.fromEntries(built), "/": index, "/cart": index });
  const faults: string[] = [];
  const page = await open(`http://localhost:${site.port}/`, faults);
  await page.getByRole("button", { name: "Add to cart" }).click();
  await page.getByRole("button", { name: "Cart", exact: true }).click();
  await page.waitForURL("**/cart");
  await page.goBack();
  await page.waitForFunction(() => location.pathname === "/");
  // The page view of the URL is deferred; then everything waits for a batch.
  const device = await deviceOf(page);
  const expected = ["addToCart /", "pageView /", "pageView /", "pageView /cart"];
  await until(50_000, async () => (await eventsOf(device)).length >= expected.length);
  expect(await eventsOf(device)).toEqual(expected);
  expect(faults).toEqual([]);
  await site.close();
});
