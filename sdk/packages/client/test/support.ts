import { vi } from "vitest";
import type { WebStorage } from "../src/storage.js";

export const HOST = "https://api.example";
export const KEY = "pk_test_1234567890abcdef";
export const OTHER_KEY = "pk_test_abcdef1234567890";

/** A `localStorage` with a capacity in characters. */
export class FakeWebStorage implements WebStorage {
  readonly entries = new Map<string, string>();
  capacity = Infinity;

  get length(): number {
    return this.entries.size;
  }

  key(index: number): string | null {
    return [...this.entries.keys()][index] ?? null;
  }

  getItem(name: string): string | null {
    return this.entries.get(name) ?? null;
  }

  setItem(name: string, value: string): void {
    const others = [...this.entries].filter(([other]) => other !== name);
    const used = others.reduce((sum, [other, text]) => sum + other.length + text.length, 0);
    if (used + name.length + value.length > this.capacity) {
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    }
    this.entries.set(name, value);
  }

  removeItem(name: string): void {
    this.entries.delete(name);
  }
}

export interface SentBatch {
  apiKey?: string;
  sentAt: number;
  batch: { messageId: string; [name: string]: unknown }[];
  dropped?: { age: number; quota: number; rejected: number };
}

export interface Sent {
  url: string;
  init: RequestInit;
  body: SentBatch;
}

export type Answer = (sent: Sent) => Response | Promise<Response>;

/** Replaces `fetch`, and records what is sent. */
export function fakeFetch(answer: Answer): Sent[] {
  const sent: Sent[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const one = { url, init, body: JSON.parse(init.body as string) as SentBatch };
    sent.push(one);
    return answer(one);
  });
  return sent;
}

export function stored(sent: Sent, rejected: { index: number; detail: string }[] = []): Response {
  return Response.json({ success: true, accepted: sent.body.batch.length - rejected.length, rejected });
}

export function refusal(status: number, detail = "No.", headers: Record<string, string> = {}): Response {
  return Response.json({ status, detail }, { status, headers });
}
