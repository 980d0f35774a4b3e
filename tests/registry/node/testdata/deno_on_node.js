/**
 * What the packages' tests use of `Deno`, for Node: files by @deno/shim-deno, tests by
 * node:test, servers by node:http and node:net. It is given to test files alone; to the packages under test there is no `Deno`.
 */
import { execFileSync, spawn } from "node:child_process";
import { on } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import process from "node:process";
import { Readable, Writable } from "node:stream";
import { after, test as nodeTest } from "node:test";
import { fileURLToPath } from "node:url";
import { openKv } from "@deno/kv";
import { Deno as shim } from "@deno/shim-deno";
import { getRequestListener } from "@hono/node-server";

/** Thrown for what only Deno has; a test that meets it is skipped. */
class OnlyDeno extends Error {}

const onlyDeno = (what) => () => {
  throw new OnlyDeno(`only Deno has ${what}`);
};

function stepsOf(context) {
  return {
    name: context.name,
    async step(first, second) {
      const { name, fn, ignore } = typeof first === "string" ? { name: first, fn: second } : first;
      let passed = true;
      await context.test(name, { skip: ignore }, async (inner) => {
        passed = false;
        await fn(stepsOf(inner));
        passed = true;
      });
      return passed;
    },
  };
}

/** `Deno.test(name, fn)`, `Deno.test(name, options, fn)` and `Deno.test({ name, fn })`. */
function test(first, second, third) {
  const { name, fn, ignore, permissions } = typeof first === "string"
    ? { name: first, fn: third ?? second, ...(third ? second : {}) }
    : first;
  nodeTest(name, { skip: ignore }, async (context) => {
    try {
      if (permissions) onlyDeno("permissions")();
      await fn(stepsOf(context));
    } catch (error) {
      if (!(error instanceof OnlyDeno)) throw error;
      context.skip(error.message);
    }
  });
}
test.ignore = (name, fn) => test({ name, fn, ignore: true });

/** Stands for Deno's program, until it is to be started. */
const DENO = "Deno's own program";

/** A program started as Deno.Command starts it. */
class Command {
  #command;
  #options;

  constructor(command, options = {}) {
    if ([command, ...options.args ?? []].includes(DENO)) {
      onlyDeno("a program of its own to start")();
    }
    this.#command = command;
    this.#options = options;
  }

  spawn(by = "inherit") {
    const { args = [], cwd, env = {}, clearEnv, signal } = this.#options;
    const stdio = (name) => {
      const wanted = this.#options[name] ?? (name === "stdin" ? "inherit" : by);
      return wanted === "piped" ? "pipe" : wanted === "null" ? "ignore" : wanted;
    };
    const child = spawn(this.#command, [...args], {
      cwd,
      env: clearEnv ? env : { ...process.env, ...env },
      signal,
      stdio: [stdio("stdin"), stdio("stdout"), stdio("stderr")],
    });
    const status = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, endedBy) => {
        resolve({ success: code === 0, code: code ?? 1, signal: endedBy });
      });
    });
    status.catch(() => {});
    return {
      pid: child.pid,
      stdin: child.stdin && Writable.toWeb(child.stdin),
      stdout: child.stdout && Readable.toWeb(child.stdout),
      stderr: child.stderr && Readable.toWeb(child.stderr),
      status,
      kill: (name = "SIGTERM") => void child.kill(name),
      ref: () => child.ref(),
      unref: () => child.unref(),
      async output() {
        const read = async (stream) => {
          const parts = [];
          for await (const part of stream ?? []) parts.push(part);
          return new Uint8Array(Buffer.concat(parts));
        };
        const [stdout, stderr, end] = await Promise.all([
          read(this.stdout),
          read(this.stderr),
          status,
        ]);
        return { ...end, stdout, stderr };
      },
      async [Symbol.asyncDispose]() {
        child.kill();
        await status;
      },
    };
  }

  output() {
    return this.spawn("piped").output();
  }
}

const TAKE_PORT = `const server = net.createServer().listen(+process.argv[1], "127.0.0.1", () => {
  console.log(server.address().port);
  server.close();
})`;

/** Deno tells at once on which port it listens, or that it can't, where Node says it later. */
function portOf({ port = 0 }) {
  try {
    const args = ["-e", TAKE_PORT, String(port)];
    return Number(execFileSync(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] }));
  } catch (cause) {
    throw new shim.errors.AddrInUse(`port ${port} is in use`, { cause });
  }
}

const addressOf = (port) => ({ transport: "tcp", hostname: "127.0.0.1", port });

/** A connection as Deno has them. */
function connectionOf(socket) {
  // What goes wrong with it shows to those who read and write.
  socket.on("error", () => {});
  const change = () =>
    new Promise((resolve) => {
      for (const event of ["readable", "end", "close"]) socket.once(event, resolve);
    });
  return {
    get readable() {
      return new ReadableStream({
        pull: async (controller) => {
          const bytes = new Uint8Array(65_536);
          const count = await this.read(bytes);
          if (count === null) controller.close();
          else controller.enqueue(bytes.subarray(0, count));
        },
        cancel: () => void socket.destroy(),
      });
    },
    get writable() {
      return new WritableStream({
        write: async (bytes) => void await this.write(bytes),
        close: () => this.closeWrite(),
        abort: () => void socket.destroy(),
      });
    },
    remoteAddr: addressOf(socket.remotePort),
    async read(into) {
      for (;;) {
        const bytes = socket.read();
        if (bytes !== null) {
          const count = Math.min(bytes.length, into.length);
          into.set(bytes.subarray(0, count));
          if (count < bytes.length) socket.unshift(bytes.subarray(count));
          return count;
        }
        if (socket.readableEnded || socket.destroyed) return null;
        await change();
      }
    },
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
      }),
    closeWrite: () => new Promise((resolve) => socket.end(resolve)),
    close: () => void socket.destroy(),
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function connect({ hostname = "127.0.0.1", port }) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: hostname, port, allowHalfOpen: true });
    socket.once("connect", () => resolve(connectionOf(socket)));
    socket.once("error", reject);
  });
}

function listen(options) {
  const port = portOf(options);
  const server = net.createServer({ allowHalfOpen: true });
  const sockets = on(server, "connection", { close: ["closing"] });
  server.listen(port, "127.0.0.1");
  const close = () => {
    server.close();
    server.emit("closing");
  };
  async function* connections() {
    for await (const [socket] of sockets) yield connectionOf(socket);
  }
  const accepted = connections();
  return {
    addr: addressOf(port),
    close,
    unref: () => server.unref(),
    async accept() {
      const { done, value } = await accepted.next();
      if (done) throw new Error("the listener is closed");
      return value;
    },
    [Symbol.asyncIterator]: () => accepted,
    [Symbol.dispose]: close,
  };
}

/** `Deno.serve(handler)` and `Deno.serve(options, handler)`, over HTTP/1.1 and HTTP/2. */
function serve(first, second) {
  const [options, handler] = typeof first === "function" ? [{}, first] : [first, second];
  const port = portOf(options);
  const answer = getRequestListener((request) => handler(request, {}), {
    overrideGlobalObjects: false,
  });
  const http1 = http.createServer(answer);
  const h2 = http2.createServer(answer);
  const sockets = new Set();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      socket.pause();
      socket.unshift(bytes);
      // How the preface of HTTP/2 begins.
      if (bytes.toString("latin1", 0, 3) === "PRI") h2.emit("connection", socket);
      else {
        http1.emit("connection", socket);
        socket.resume();
      }
    });
  });
  server.listen(port, "127.0.0.1", () => options.onListen?.(addressOf(port)));
  const finished = new Promise((resolve) => server.once("close", resolve));
  const shutdown = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    return finished;
  };
  options.signal?.addEventListener("abort", shutdown);
  return { addr: addressOf(port), finished, shutdown, [Symbol.asyncDispose]: shutdown };
}

// Where a test file tidies up, or ends servers that all of its tests use.
globalThis.addEventListener ??= (event, listener) => {
  if (event === "unload") after(listener);
};

export const Deno = {
  ...shim,
  test,
  Command,
  openKv,
  execPath: () => DENO,
  createHttpClient: onlyDeno("createHttpClient"),
  get version() {
    return onlyDeno("a version to pretend")();
  },
  connect,
  listen,
  serve,
  readDirSync: (path) => shim.readDirSync(path instanceof URL ? fileURLToPath(path) : path),
};
