import { QuotientClient } from "@quotientjs/client";
import { QuotientProvider, useQuotient } from "@quotientjs/react";
import * as React from "react";
import { act, StrictMode, Suspense } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const KEY = "pk_test_1234567890abcdef";
const OPTIONS = { apiKey: KEY, baseUrl: "https://api.example" };

let root: Root | undefined;
let container: HTMLElement;
let events: string[];

beforeEach(() => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  localStorage.clear();
  delete (globalThis as Record<symbol, unknown>)[Symbol.for("quotient.clients")];
  window.history.replaceState(null, "", "/");
  container = document.createElement("div");
  events = [];
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const { batch } = JSON.parse(init.body as string) as { batch: { eventType: string; path: string }[] };
    events.push(...batch.map((event) => `${event.eventType} ${event.path}`));
    return Response.json({ success: true, accepted: batch.length });
  });
});

afterEach(async () => {
  await act(async () => root?.unmount());
  root = undefined;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function render(element: React.ReactElement): Promise<void> {
  root ??= createRoot(container);
  const mounted = root;
  await act(async () => mounted.render(element));
  await act(async () => {
    await vi.advanceTimersByTimeAsync(10);
  });
}

async function sent(): Promise<string[]> {
  await act(async () => {
    await vi.advanceTimersByTimeAsync(5000);
  });
  return events;
}

async function navigate(change: () => void): Promise<void> {
  await act(async () => {
    change();
    await vi.advanceTimersByTimeAsync(10);
  });
}

function Seen({ clients }: { clients: (QuotientClient | null)[] }): React.ReactElement {
  clients.push(useQuotient().client);
  return <p>shown</p>;
}

it("runs with the React of its project", () => {
  expect(React.version.split(".")[0]).toBe(process.env.REACT);
});

describe("useQuotient", () => {
  it("throws outside of a provider", () => {
    expect(() => renderToString(<Seen clients={[]} />)).toThrow("<QuotientProvider>");
  });

  it("is null at first, and then the client", async () => {
    const clients: (QuotientClient | null)[] = [];
    await render(
      <QuotientProvider clientOptions={OPTIONS}>
        <Seen clients={clients} />
      </QuotientProvider>,
    );
    expect(clients[0]).toBeNull();
    expect(clients.at(-1)).toBe(QuotientClient.init(OPTIONS));
  });

  it("is one client under two providers, in StrictMode, and with new options objects", async () => {
    const clients: (QuotientClient | null)[] = [];
    const tree = (): React.ReactElement => (
      <StrictMode>
        <QuotientProvider clientOptions={{ ...OPTIONS }}>
          <Seen clients={clients} />
        </QuotientProvider>
        <QuotientProvider clientOptions={{ ...OPTIONS }}>
          <Seen clients={clients} />
        </QuotientProvider>
      </StrictMode>
    );
    await render(tree());
    await render(tree());
    expect(new Set(clients.filter((client) => client !== null)).size).toBe(1);
  });

  it("hydrates what the server rendered, without a difference", async () => {
    const tree = (
      <QuotientProvider clientOptions={OPTIONS} autoTrackPageViews>
        <Seen clients={[]} />
      </QuotientProvider>
    );
    const error = vi.spyOn(console, "error");
    container.innerHTML = renderToString(tree);
    await act(async () => {
      root = hydrateRoot(container, tree);
    });
    expect(container.innerHTML).toBe("<p>shown</p>");
    expect(error).not.toHaveBeenCalled();
  });
});

describe("page views", () => {
  const page = (
    <StrictMode>
      <QuotientProvider clientOptions={OPTIONS} autoTrackPageViews>
        <p>page</p>
      </QuotientProvider>
    </StrictMode>
  );

  it("are off by default", async () => {
    await render(
      <QuotientProvider clientOptions={OPTIONS}>
        <p>page</p>
      </QuotientProvider>,
    );
    expect(await sent()).toEqual([]);
  });

  it("are sent once per URL, for push, replace and back, also in StrictMode", async () => {
    await render(page);
    await navigate(() => window.history.pushState(null, "", "/a"));
    await navigate(() => window.history.pushState(null, "", "/a"));
    await navigate(() => window.history.replaceState(null, "", "/b"));
    await navigate(() => {
      window.history.replaceState(null, "", "/");
      window.dispatchEvent(new PopStateEvent("popstate"));
    });
    expect(await sent()).toEqual(["pageView /", "pageView /a", "pageView /b", "pageView /"]);
  });

  it("are not sent for state that a scroll replaces", async () => {
    await render(page);
    await navigate(() => window.history.replaceState({ scroll: 100 }, ""));
    await navigate(() => window.history.replaceState({ scroll: 200 }, "", "/#section"));
    expect(await sent()).toEqual(["pageView /"]);
  });

  it("follow a hash that holds the router's path", async () => {
    await render(page);
    await navigate(() => window.history.pushState(null, "", "/#/cart"));
    expect((await sent()).length).toBe(2);
  });

  it("are not sent again when the provider mounts again at the same URL", async () => {
    await render(page);
    await act(async () => root!.unmount());
    root = undefined;
    await render(page);
    expect(await sent()).toEqual(["pageView /"]);
  });

  it("are sent once under two providers", async () => {
    await render(
      <QuotientProvider clientOptions={OPTIONS} autoTrackPageViews>
        <QuotientProvider clientOptions={{ ...OPTIONS }} autoTrackPageViews>
          <p>page</p>
        </QuotientProvider>
      </QuotientProvider>,
    );
    await navigate(() => window.history.pushState(null, "", "/a"));
    expect(await sent()).toEqual(["pageView /", "pageView /a"]);
  });

  it("stop when the provider is unmounted", async () => {
    await render(page);
    await navigate(() => undefined);
    await act(async () => root!.unmount());
    root = undefined;
    await navigate(() => window.history.pushState(null, "", "/later"));
    expect(await sent()).toEqual(["pageView /"]);
  });

  it("may change the URL while React renders", async () => {
    function Redirect(): null {
      React.useInsertionEffect(() => window.history.replaceState(null, "", "/target"), []);
      return null;
    }
    const error = vi.spyOn(console, "error");
    await render(
      <QuotientProvider clientOptions={OPTIONS} autoTrackPageViews>
        <Suspense fallback={null}>
          <Redirect />
        </Suspense>
      </QuotientProvider>,
    );
    await navigate(() => undefined);
    expect(await sent()).toEqual(["pageView /target"]);
    expect(error).not.toHaveBeenCalled();
  });

  it("leave the history's own methods working for their own receiver", async () => {
    await render(page);
    const { pushState } = window.history;
    pushState.call(window.history, { kept: 1 }, "", "/own");
    expect(window.history.state).toEqual({ kept: 1 });
    expect(window.location.pathname).toBe("/own");
  });

  it("use the Navigation API where the browser has it", async () => {
    const navigation = new EventTarget();
    Object.assign(window, { navigation });
    try {
      await render(page);
      await navigate(() => {
        window.history.pushState(null, "", "/n");
        navigation.dispatchEvent(new Event("currententrychange"));
      });
      expect(await sent()).toEqual(["pageView /", "pageView /n"]);
    } finally {
      await act(async () => root!.unmount());
      root = undefined;
      delete (window as { navigation?: unknown }).navigation;
    }
  });
});
