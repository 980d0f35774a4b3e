/**
 * A registry for tests: what `deno publish` publishes to, `deno add` adds from,
 * and, through its npm face, `npm install` installs from. Nothing is checked that
 * the real one checks; it only keeps what it is given, in a folder.
 */

/** A published version: its files, and what its deno.json says. */
interface Version {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/** A package as npm sees it. */
interface NpmPackage {
  readonly manifest: { readonly name: string; readonly version: string };
  readonly tarball: Uint8Array<ArrayBuffer>;
}

const API = /^\/api\/scopes\/([^/]+)\/packages\/([^/]+)(?:\/versions\/([^/]+))?$/;
const FILE = /^\/(@[^/]+\/[^/]+)\/(?:meta\.json|([^/]+)_meta\.json|([^/]+)(\/.+))$/;

/** A registry that runs. */
export class Registry implements AsyncDisposable {
  readonly #versions = new Map<string, Version>();
  readonly #npm = new Map<string, NpmPackage>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** For JSR_URL, and for npm's `@jsr:registry`. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** The published packages, by name. */
  get published(): ReadonlyMap<string, Version> {
    return this.#versions;
  }

  /** Publishes `folder` with the real `deno publish`: a package, or a workspace of them. */
  async publish(folder: string, ...flags: string[]): Promise<void> {
    await this.#deno(folder, "publish", "--token", "test", "--no-provenance", ...flags);
  }

  /**
   * Makes the npm face of every published package, as JSR does: JavaScript and
   * declarations, under the name `@jsr/scope__name`.
   */
  async makeNpmFace(): Promise<void> {
    const make = async ({ name, version, folder }: Version) => {
      const npmName = `@jsr/${name.slice(1).replace("/", "__")}`;
      const config = JSON.parse(await Deno.readTextFile(`${folder}/deno.json`));
      const packed = `${folder}.npm`;
      await copyFolder(folder, packed);
      await Deno.writeTextFile(`${packed}/deno.json`, JSON.stringify({ ...config, name: npmName }));
      const slow = name.startsWith("@std/") ? ["--allow-slow-types"] : [];
      const file = `${packed}.tgz`;
      await this.#deno(packed, "pack", "--allow-dirty", "--no-source-maps", ...slow, "-o", file);
      const manifest = JSON.parse(
        await output("tar", "-xzOf", file, "package/package.json"),
      );
      this.#npm.set(npmName, {
        manifest: { ...manifest, version },
        tarball: await Deno.readFile(file),
      });
    };
    await Promise.all([...this.#versions.values()].map(make));
  }

  /** The size of a package's npm tarball and of what it holds, in bytes. */
  npmTarball(npmName: string): Uint8Array<ArrayBuffer> {
    return this.#npm.get(npmName)!.tarball;
  }

  async #deno(cwd: string, ...args: string[]): Promise<void> {
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd,
      env: { JSR_URL: this.url, NO_COLOR: "1" },
    }).output();
    if (!success) {
      const decoder = new TextDecoder();
      throw new Error(
        `deno ${args[0]} in ${cwd}: ${decoder.decode(stdout)}${decoder.decode(stderr)}`,
      );
    }
  }

  async #answer(request: Request): Promise<Response> {
    const path = decodeURIComponent(new URL(request.url).pathname);
    const api = API.exec(path);
    if (api) {
      const [, scope, name, version] = api;
      if (version === undefined) return Response.json({ scope, name });
      if (request.method === "POST") {
        await this.#receive(`@${scope}/${name}`, version, request);
        return Response.json({ id: crypto.randomUUID(), status: "success", error: null });
      }
      if (this.#versions.get(`@${scope}/${name}`)?.version === version) {
        return Response.json({ scope, package: name, version });
      }
      return notFound("packageVersionNotFound");
    }
    if (path.startsWith("/@jsr/")) return this.#answerNpm(path);
    const file = FILE.exec(path);
    const found = this.#versions.get(file?.[1] ?? "");
    if (file === null || found === undefined) return notFound("packageNotFound");
    const [, , metaOf, version, inside] = file;
    if (metaOf !== undefined) return Response.json(await versionMeta(found));
    if (version === undefined) {
      const [scope, name] = found.name.slice(1).split("/");
      return Response.json({
        scope,
        name,
        latest: found.version,
        versions: { [found.version]: {} },
      });
    }
    const bytes = version === found.version ? found.files.get(inside!) : undefined;
    if (bytes === undefined) return notFound("fileNotFound");
    const type = inside!.endsWith(".ts") ? "text/typescript" : "application/octet-stream";
    return new Response(bytes, { headers: { "content-type": type } });
  }

  async #receive(name: string, version: string, request: Request): Promise<void> {
    const folder = `${this.#folder}/${name.replace("/", "__")}`;
    await Deno.mkdir(folder, { recursive: true });
    const archive = `${folder}.tgz`;
    await Deno.writeFile(archive, new Uint8Array(await request.arrayBuffer()));
    await output("tar", "-xzf", archive, "-C", folder);
    const config = JSON.parse(await Deno.readTextFile(`${folder}/deno.json`));
    const exports = typeof config.exports === "string" ? { ".": config.exports } : config.exports;
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const path of await filesUnder(folder)) {
      files.set(`/${path}`, await Deno.readFile(`${folder}/${path}`));
    }
    this.#versions.set(name, { name, version, exports, folder, files });
  }

  async #answerNpm(path: string): Promise<Response> {
    const tarball = path.endsWith(".tgz");
    const name = path.slice(1).replace(/\/-\/.*$/, "");
    const found = this.#npm.get(name);
    if (found === undefined) return notFound("packageNotFound");
    if (tarball) return new Response(found.tarball);
    const { manifest } = found;
    const digest = await crypto.subtle.digest("SHA-512", found.tarball);
    const dist = {
      tarball: `${this.url}${name}/-/${manifest.version}.tgz`,
      integrity: `sha512-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`,
    };
    return Response.json({
      name,
      "dist-tags": { latest: manifest.version },
      versions: { [manifest.version]: { ...manifest, dist } },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function notFound(code: string): Response {
  return Response.json({ code, message: "not here" }, { status: 404 });
}

async function versionMeta({ exports, files }: Version): Promise<unknown> {
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const [path, bytes] of files) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    manifest[path] = { size: bytes.length, checksum: `sha256-${hex}` };
  }
  return { manifest, exports };
}

/** The files of a folder and those below it, by their paths in it. */
export async function filesUnder(folder: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
    if (isDirectory) found.push(...await filesUnder(folder, `${below}${name}/`));
    else found.push(`${below}${name}`);
  }
  return found.sort();
}

async function copyFolder(from: string, to: string): Promise<void> {
  for (const path of await filesUnder(from)) {
    await Deno.mkdir(`${to}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.copyFile(`${from}/${path}`, `${to}/${path}`);
  }
}

/** What a command prints; fails with what it says. */
export async function output(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command} ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
