import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const START_MILLIS = 120_000;

/** The packaged server on an embedded Postgres in a directory of its own. */
export interface JavaServer {
  readonly url: string;
  readonly managementUrl: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** Stops the process; the data stays. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Runs a command of the command line on the same data. */
  command(...args: string[]): string;
  /** Stops the process and deletes the data. */
  remove(): Promise<void>;
}

export async function startServer(settings: Record<string, string> = {}): Promise<JavaServer> {
  const jar = packaged();
  const directory = mkdtempSync(join(tmpdir(), "quotient-sdk-"));
  const [port, managementPort] = [await freePort(), await freePort()];
  // Settings and Java options of whoever runs the tests are not for this server.
  const own = ([name]: [string, unknown]): boolean => !/^(QUOTIENT_|JAVA_TOOL_OPTIONS$|JDK_JAVA_OPTIONS$)/.test(name);
  const environment = {
    ...Object.fromEntries(Object.entries(process.env).filter(own)),
    QUOTIENT_HTTP_PORT: String(port),
    QUOTIENT_MANAGEMENT_PORT: String(managementPort),
    ...settings,
  };
  const credentials = join(directory, "data", "dev-credentials.json");
  let child: ChildProcess | undefined;
  let output = "";

  const server: JavaServer = {
    url: `http://127.0.0.1:${port}`,
    managementUrl: `http://127.0.0.1:${managementPort}`,
    get publicKey() {
      return JSON.parse(readFileSync(credentials, "utf8")).publicKey;
    },
    get privateKey() {
      return JSON.parse(readFileSync(credentials, "utf8")).privateKey;
    },
    async start() {
      output = "";
      child = spawn("java", ["-Xmx256m", "-XX:+UseSerialGC", "-jar", jar], { cwd: directory, env: environment });
      const started = child;
      started.stdout?.on("data", (chunk) => (output += chunk));
      started.stderr?.on("data", (chunk) => (output += chunk));
      await until(
        START_MILLIS,
        () => output.includes("Stop with Ctrl-C.") && existsSync(credentials),
        () => {
          if (started.exitCode !== null) {
            throw new Error(`The server ended with ${started.exitCode}.\n${output}`);
          }
          return output;
        },
      );
    },
    async stop(signal = "SIGTERM") {
      const running = child;
      if (running === undefined || running.exitCode !== null) {
        return;
      }
      const ended = new Promise((resolve) => running.once("exit", resolve));
      running.kill(signal);
      await ended;
    },
    command: (...args) =>
      execFileSync("java", ["-XX:TieredStopAtLevel=1", "-jar", jar, ...args], {
        cwd: directory,
        env: environment,
        encoding: "utf8",
      }),
    async remove() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** The jar with an embedded Postgres; built when it is missing. */
function packaged(): string {
  const jar = join(ROOT, "target", "quotient-standalone.jar");
  if (!existsSync(jar)) {
    execFileSync("mvn", ["-q", "-B", "package", "-DskipTests"], { cwd: ROOT, stdio: "inherit" });
  }
  return jar;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** Waits for a condition; fails after a deadline with what `state` says. */
export async function until(
  millis: number,
  condition: () => boolean | Promise<boolean>,
  state: () => unknown = () => "",
): Promise<void> {
  const deadline = Date.now() + millis;
  while (!(await condition())) {
    const seen = state();
    if (Date.now() > deadline) {
      throw new Error(`It did not happen within ${millis} ms. ${String(seen)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
