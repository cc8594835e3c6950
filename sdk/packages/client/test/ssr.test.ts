import { QuotientClient } from "@quotientjs/client";
import { expect, it, vi } from "vitest";
import { KEY } from "./support.js";

it("makes a client outside a page without timers, listeners or shared state", () => {
  const timers = vi.spyOn(globalThis, "setInterval");
  const make = (): QuotientClient => QuotientClient.init({ apiKey: KEY, baseUrl: "https://api.example" });
  expect(make()).not.toBe(make());
  expect(make().store.deviceId()).toBeTypeOf("string");
  expect(timers).not.toHaveBeenCalled();
});
