import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const NAMES = ["core", "client", "server", "react"] as const;
const BUNDLE = join(SDK, "packages/client/dist/quotient.browser.js");

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "quotient-packages-")));
const { url, privateKey } = inject("server");

function run(directory: string, program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, { cwd: directory, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(" ")} failed.\n${stdout}\n${stderr}`);
  }
}

const bin = (name: string): string => join(SDK, "node_modules", ".bin", name);
const tarball = (name: string): string => join(scratch, `quotientjs-${name}-${version(name)}.tgz`);

function version(name: string): string {
  return (JSON.parse(readFileSync(join(SDK, "packages", name, "package.json"), "utf8")) as { version: string }).version;
}

/** A new project into which the packages are installed as from the registry. */
function project(name: string, files: Record<string, string>, ...dependencies: string[]): string {
  const directory = join(scratch, name);
  mkdirSync(directory, { recursive: true });
  for (const [path, text] of Object.entries({ "package.json": "{}", ...files })) {
    writeFileSync(join(directory, path), text);
  }
  run(directory, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", ...NAMES.map(tarball), ...dependencies);
  return directory;
}

beforeAll(() => {
  for (const name of NAMES) {
    run(join(SDK, "packages", name), "npm", "pack", "--pack-destination", scratch);
  }
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(NAMES)("@quotientjs/%s", (name) => {
  it("holds its build, README and licence, and nothing else", () => {
    const files = run(scratch, "tar", "-tzf", tarball(name)).trim().split("\n");
    const other = files.filter((file) => !/^package\/(dist\/.+\.(js|d\.ts|json)|package\.json|README\.md|LICENSE)$/.test(file));
    expect(other).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(["package/README.md", "package/LICENSE", "package/dist/esm/index.js"]));
  });

  it("passes publint and attw", () => {
    run(SDK, bin("publint"), "--strict", tarball(name));
    run(SDK, bin("attw"), tarball(name));
  });

  it("could be published", () => {
    const rehearsed = run(SDK, "npm", "publish", "--dry-run", "--provenance=false", "--json", "-w", `packages/${name}`);
    expect(rehearsed).toContain(`@quotientjs/${name}`);
    expect(readFileSync(join(SDK, "CHANGELOG.md"), "utf8")).toContain(`\n## [${version(name)}]`);
    expect(version(name)).toBe(version("core"));
  });

  it("has no dependency but packages of the SDK", () => {
    const manifest = JSON.parse(readFileSync(join(SDK, "packages", name, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
      expect(dependency).toMatch(/^@quotientjs\//);
      expect(range).toBe(version(dependency.slice("@quotientjs/".length)));
    }
  });
});

describe("sizes, gzipped", () => {
  const size = (code: Uint8Array | string): number => gzipSync(code, { level: 9 }).length;

  it("the browser bundle has at most 12 kB", () => {
    expect(size(readFileSync(BUNDLE))).toBeLessThanOrEqual(12_000);
  });

  it("react adds at most 4 kB", async () => {
    const { outputFiles } = await build({
      entryPoints: [join(SDK, "packages/react/dist/esm/index.js")],
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
      external: ["react", "react/jsx-runtime", "@quotientjs/client"],
    });
    expect(size(outputFiles[0]!.contents)).toBeLessThanOrEqual(4000);
  });
});

it("the bundle that the server serves is the one that is built here", () => {
  const served = readFileSync(join(SDK, "../src/main/resources/sdk/quotient.browser.js"));
  expect(served.equals(readFileSync(BUNDLE)), "Run npm run build, and commit src/main/resources/sdk.").toBe(true);
});

it("the bundle runs no text as code, so a policy without unsafe-eval allows it", () => {
  expect(readFileSync(BUNDLE, "utf8")).not.toMatch(/\beval\(|new Function\(/);
});

describe("a project of one's own", () => {
  const whoami = (load: string): string => `
    ${load}
    new QuotientServer({ privateKey: process.env.KEY, baseUrl: process.env.URL }).auth.whoami({}).then((me) => {
      if (me.keyType !== "private" || typeof QuotientClient.init !== "function") throw new Error("wrong");
      console.log("works");
    });`;
  let directory: string;

  beforeAll(() => {
    directory = project(
      "node",
      {
        "cjs.cjs": whoami(
          'const { QuotientServer } = require("@quotientjs/server"); const { QuotientClient } = require("@quotientjs/client");',
        ),
        "esm.mjs": whoami(
          'import { QuotientServer } from "@quotientjs/server"; import { QuotientClient } from "@quotientjs/client";',
        ),
        "both.mjs": `
          import { createRequire } from "node:module";
          import { ApiClientError } from "@quotientjs/server";
          const cjs = createRequire(import.meta.url)("@quotientjs/server");
          if (cjs.ApiClientError === ApiClientError) throw new Error("The two copies are one, and prove nothing.");
          const error = await new cjs.QuotientServer({ privateKey: "bad" }).auth.whoami({}).catch((thrown) => thrown);
          console.log(ApiClientError.is(error, "InvalidApiKey"));`,
        "rsc.mjs": `
          import * as react from "@quotientjs/react";
          console.log(Object.keys(react).sort().join());`,
        "typed.mts": `
          import { QuotientServer, type WhoAmIResponse } from "@quotientjs/server";
          import { QuotientClient } from "@quotientjs/client";
          import { Blog, QuotientProvider, useQuotient } from "@quotientjs/react";
          const me: WhoAmIResponse = await new QuotientServer({ privateKey: "x" }).auth.whoami({});
          // @ts-expect-error: eventType is required.
          void QuotientClient.init({ apiKey: "x" }).analytics.event({});
          export { Blog, me, QuotientProvider, useQuotient };`,
        "typed.cts": `
          import server = require("@quotientjs/server");
          export const q = new server.QuotientServer({ privateKey: "x" });`,
      },
      "react@19.2.0",
      "@types/react@19.2.2",
      "@types/node@20.19.9",
    );
  });

  const node = (...args: string[]): string =>
    execFileSync(process.execPath, args, {
      cwd: directory,
      encoding: "utf8",
      env: { ...process.env, KEY: privateKey, URL: url },
    }).trim();

  it.each(["cjs.cjs", "esm.mjs"])("runs as %s", (file) => expect(node(file)).toBe("works"));

  it("recognises errors across an ESM and a CJS copy", () => expect(node("both.mjs")).toBe("true"));

  it("imports the React package under the react-server condition", () => {
    expect(node("--conditions=react-server", "rsc.mjs")).toBe("Blog,QuotientProvider,useQuotient");
  });

  it.each([
    ["node16", "node16", ["typed.mts", "typed.cts"]],
    ["nodenext", "nodenext", ["typed.mts", "typed.cts"]],
    ["esnext", "bundler", ["typed.mts"]],
  ])("compiles strictly with module %s and resolution %s", (module, resolution, files) => {
    run(directory, bin("tsc"), "--noEmit", "--strict", "--target", "es2022", "--module", module, "--moduleResolution", resolution, ...files);
  });

  it("keeps 'use client' in the provider's module alone", () => {
    const dist = join(directory, "node_modules/@quotientjs/react/dist/esm");
    const marked = readdirSync(dist).filter((file) => readFileSync(join(dist, file), "utf8").startsWith('"use client"'));
    expect(marked).toEqual(["provider.js"]);
  });

  it("runs the Node example", () => {
    const text = readFileSync(join(SDK, "examples/node/newsletter.js"), "utf8").replace("http://localhost:8080", url);
    writeFileSync(join(directory, "newsletter.mjs"), text);
    const printed = execFileSync(process.execPath, ["newsletter.mjs"], {
      cwd: directory,
      encoding: "utf8",
      env: { ...process.env, QUOTIENT_PRIVATE_KEY: privateKey },
    });
    expect(printed.trim().split("\n")).toEqual(["1 people added to newsletter.", "ada@example.com"]);
  });

  it("renders the Next.js example on the server", async () => {
    for (const path of ["quotient.ts", "app/layout.tsx", "app/blog/[slug]/page.tsx"]) {
      cpSync(join(SDK, "examples/next", path), join(directory, "next", path));
    }
    writeFileSync(
      join(directory, "render.tsx"),
      `import Layout from "./next/app/layout";
       import Page from "./next/app/blog/[slug]/page";
       import { renderToStaticMarkup } from "react-dom/server";
       import { quotient } from "./next/quotient";
       const slug = process.env.SLUG!;
       const page = await Page({ params: Promise.resolve({ slug }) });
       console.log(renderToStaticMarkup(<Layout>{page}</Layout>));
       void quotient;`,
    );
    run(directory, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "react-dom@19.2.0", "@types/react-dom@19.2.2");
    run(
      directory,
      bin("tsc"),
      ...["--noEmit", "--strict", "--jsx", "react-jsx", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"],
      "render.tsx",
    );
    await build({
      entryPoints: [join(directory, "render.tsx")],
      outfile: join(directory, "render.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      jsx: "automatic",
    });
    const slug = `post-${Date.now()}`;
    const created = await fetch(`${url}/api/v0/blog`, {
      method: "POST",
      headers: { Authorization: `Bearer ${privateKey}`, "Content-Type": "application/json" },
      body: JSON.stringify({ title: "Hello", slug, markdown: "A *text* with a [link](https://example.com).", status: "PUBLISHED" }),
    });
    expect(created.ok).toBe(true);
    const html = execFileSync(process.execPath, ["render.mjs"], {
      cwd: directory,
      encoding: "utf8",
      env: { ...process.env, SLUG: slug, QUOTIENT_PRIVATE_KEY: privateKey, QUOTIENT_URL: url },
    }).trim();
    expect(html).toBe(
      '<html lang="en"><head></head><body><article><h1>Hello</h1><div><p class="paragraph">A <em>text</em> with a ' +
        '<a class="link" href="https://example.com">link</a>.</p></div></article></body></html>',
    );
  });

  it("rewrites the script and the events to the server", async () => {
    const { default: config } = (await import(pathToFileURL(join(SDK, "examples/next/next.config.mjs")).href)) as {
      default: { rewrites: () => Promise<{ source: string; destination: string }[]> };
    };
    for (const { destination } of await config.rewrites()) {
      const response = await fetch(destination.replace("http://localhost:8080", url));
      expect(response.status).not.toBe(404);
    }
  });
});
