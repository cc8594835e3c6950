import { QuotientServer } from "@quotientjs/server";
import type { BrowserContext, Page } from "playwright-core";
import { expect, it } from "vitest";
import { type JavaServer, startServer, until } from "./java-server.js";
import { openBrowser, serveSite, startProxy, withoutChromium } from "./site.js";

/** `npm run delivery` sends 10,000, and prints the figures of docs/sdk-delivery.md. */
const EVENTS = Number(process.env.DELIVERY_EVENTS ?? 1000);
const ROUND = 100;
const EVENT_TYPE = "delivery";

const FAULTS = ["cut network", "lost answers", "busy server", "closed tab", "reloads", "three tabs", "killed server"] as const;

it.skipIf(withoutChromium)("an event is stored once, whatever happens to network, tabs and server", async () => {
  const java = await startServer();
  const browser = await openBrowser();
  const proxy = await startProxy(() => java.url);
  const api = `http://127.0.0.1:${proxy.port}`;
  const site = await serveSite({
    "/": { body: `<script src="${api}/sdk/quotient.browser.js"></script><script src="/page.js"></script>` },
    "/page.js": {
      body: `window.q = Quotient.QuotientClient.init({ apiKey: "${java.publicKey}", baseUrl: "${api}" });`,
    },
  });
  const context = await browser.newContext();
  const address = `http://localhost:${site.port}/`;
  let next = 0;

  const open = async (): Promise<Page> => {
    const page = await context.newPage();
    // The server may be away; then the page comes without the script.
    for (;;) {
      await page.goto(address);
      if (await page.evaluate(() => window.q !== undefined)) {
        return page;
      }
      await until(60_000, async () => await isReady(java));
    }
  };
  const send = async (page: Page, count: number): Promise<void> => {
    const first = next;
    next += count;
    await page.evaluate(
      async ([eventType, from, events]) => {
        for (let n = from; n < from + events; n++) {
          await window.q.analytics.event({ eventType, n });
          if (n % 10 === 0) {
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        }
      },
      [EVENT_TYPE, first, count] as const,
    );
  };

  try {
    let page = await open();
    for (let round = 0; round * ROUND < EVENTS; round++) {
      const fault = FAULTS[round % FAULTS.length]!;
      page = await suffer(fault, { page, context, java, proxy, open, send });
      await drained(page);
    }
    const server = new QuotientServer({ privateKey: java.privateKey, baseUrl: java.url });
    const copies = new Map<number, number>();
    for await (const event of server.analytics.listAll({ eventType: EVENT_TYPE })) {
      const n = Number(event.properties.n);
      copies.set(n, (copies.get(n) ?? 0) + 1);
    }
    const lost = await countedAsLost(java);
    const twice = [...copies.values()].filter((count) => count > 1).length;
    console.log(`Sent ${next}, stored ${copies.size}, stored twice ${twice}, counted as lost ${lost}.`);
    expect(twice).toBe(0);
    expect(copies.size + lost).toBe(next);
    expect(lost).toBe(0);
  } finally {
    await browser.close();
    await site.close();
    await proxy.close();
    await java.remove();
  }
}, Math.max(180_000, EVENTS * 120));

interface World {
  page: Page;
  context: BrowserContext;
  java: JavaServer;
  proxy: { fault: string };
  open: () => Promise<Page>;
  send: (page: Page, count: number) => Promise<void>;
}

/** Sends a round of events under a fault, ends the fault, and returns the page that goes on. */
async function suffer(fault: (typeof FAULTS)[number], world: World): Promise<Page> {
  const { page, context, java, proxy, open, send } = world;
  switch (fault) {
    case "cut network":
      await send(page, ROUND / 2);
      await context.setOffline(true);
      await send(page, ROUND / 2);
      await context.setOffline(false);
      return page;
    case "lost answers":
    case "busy server":
      proxy.fault = fault === "busy server" ? "busy" : "lose answers";
      await send(page, ROUND);
      await page.evaluate(() => window.q.analytics.flush());
      proxy.fault = "none";
      await page.evaluate(() => dispatchEvent(new Event("online")));
      return page;
    case "closed tab":
      await send(page, ROUND);
      await page.close();
      return open();
    case "reloads":
      for (let i = 0; i < 4; i++) {
        await send(page, ROUND / 4);
        await page.reload();
      }
      return page;
    case "three tabs": {
      const others = [await open(), await open()];
      await Promise.all([send(page, ROUND / 2), send(others[0]!, ROUND / 4), send(others[1]!, ROUND / 4)]);
      await Promise.all(others.map((other) => other.close()));
      return page;
    }
    case "killed server": {
      const sent = send(page, ROUND);
      await java.stop("SIGKILL");
      await sent;
      await java.start();
      await page.evaluate(() => dispatchEvent(new Event("online")));
      return page;
    }
  }
}

/** Waits until the pages hold nothing any more; a page load takes over what tabs left. */
async function drained(page: Page): Promise<void> {
  await until(60_000, async () => {
    const waiting = await page.evaluate(
      () => Object.keys({ ...localStorage }).filter((name) => name.startsWith("quotient.q.")).length,
    );
    if (waiting > 0) {
      await page.reload();
      await page.evaluate(() => window.q?.analytics.flush());
    }
    return waiting === 0;
  });
}

async function isReady(java: JavaServer): Promise<boolean> {
  try {
    return (await fetch(`${java.managementUrl}/health/ready`)).ok;
  } catch {
    return false;
  }
}

/** Over all reasons. The last server process alone tells; losses before it would make the sum wrong, and the test fail. */
async function countedAsLost(java: JavaServer): Promise<number> {
  const metrics = await (await fetch(`${java.managementUrl}/metrics`)).text();
  return [...metrics.matchAll(/^quotient_sdk_events_dropped_total\{.*\} ([\d.]+)$/gm)]
    .map(([, value]) => Number(value))
    .reduce((sum, value) => sum + value, 0);
}
