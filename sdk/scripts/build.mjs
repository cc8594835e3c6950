// Builds every package twice with tsc (ES modules and CommonJS), then the bundle for script tags.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const packages = ["core", "client", "server", "react"];
const formats = {
  esm: { module: "ES2020", moduleResolution: "bundler", type: "module" },
  cjs: { module: "CommonJS", moduleResolution: "node10", type: "commonjs" },
};

for (const name of packages) {
  const directory = join(root, "packages", name);
  rmSync(join(directory, "dist"), { recursive: true, force: true });
  for (const [format, { module, moduleResolution, type }] of Object.entries(formats)) {
    const out = join(directory, "dist", format);
    mkdirSync(out, { recursive: true });
    // Tells Node, and TypeScript, how to read the files beside it.
    writeFileSync(join(out, "package.json"), `${JSON.stringify({ type }, null, 2)}\n`);
    execFileSync(
      process.execPath,
      [
        join(root, "node_modules", "typescript", "bin", "tsc"),
        ...["-p", directory, "--outDir", out, "--module", module, "--moduleResolution", moduleResolution],
      ],
      { stdio: "inherit" },
    );
  }
  copyFileSync(join(root, "..", "LICENSE"), join(directory, "LICENSE"));
}

await build({
  entryPoints: [join(root, "packages", "client", "dist", "esm", "browser.js")],
  outfile: join(root, "packages", "client", "dist", "quotient.browser.js"),
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "Quotient",
  target: "es2020",
  legalComments: "none",
});
