import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** A package of React 18. */
const module = (name: string): string => fileURLToPath(new URL(`tests/react-18/node_modules/${name}`, import.meta.url));

/** React 18 and 19 run the same tests. */
const react = (version: string, alias: Record<string, string>) => ({
  test: {
    name: `react ${version}`,
    env: { REACT: version },
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "https://shop.example/" } },
    include: ["packages/react/test/*.test.tsx"],
    testTimeout: 60_000,
    server: { deps: { inline: [/@quotientjs/] } },
  },
  resolve: { alias },
});

/** Tests with one server and one browser: files in parallel would only wait for each other. */
const server = (name: string, files: object) => ({
  test: {
    name,
    ...files,
    globalSetup: ["tests/setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});

/** They install the packages, compile against them and bundle the examples. */
const packaging = ["tests/packages.test.ts", "tests/examples.test.ts"];

export default defineConfig({
  test: {
    projects: [
      { test: { name: "units", include: ["packages/{core,client,server}/test/*.test.ts"], testTimeout: 60_000 } },
      react("19", {}),
      react("18", { "react-dom": module("react-dom"), react: module("react") }),
      server("server", { include: ["tests/*.test.ts"], exclude: packaging }),
      server("packages", { include: packaging }),
    ],
  },
});
