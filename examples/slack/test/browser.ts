/** As much of a browser as the HTTP side needs: it keeps the cookie, and says where its page comes from. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Of JSON; else null. */
  readonly body: unknown;
}

export class Browser {
  readonly #base: string;
  #cookie: string;

  constructor(port: number, cookie = "") {
    this.#base = `http://127.0.0.1:${port}`;
    this.#cookie = cookie;
  }

  get cookie(): string {
    return this.#cookie;
  }

  get(path: string): Promise<Answer> {
    return this.send(path, {});
  }

  post(path: string, body: object = {}): Promise<Answer> {
    return this.#json("POST", path, body);
  }

  put(path: string, body: object): Promise<Answer> {
    return this.#json("PUT", path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.send(path, { method: "DELETE" });
  }

  upload(data: Uint8Array, name = "image.png"): Promise<Answer> {
    const body = new FormData();
    body.set("file", new File([new Uint8Array(data)], name));
    return this.send("/api/uploads", { method: "POST", body });
  }

  /** Anything. A header with an empty text is left out. */
  async send(path: string, { headers, ...init }: RequestInit): Promise<Answer> {
    const all = { origin: this.#base, cookie: this.#cookie, ...(headers as Record<string, string> | undefined) };
    const response = await fetch(this.#base + path, {
      ...init,
      headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "")),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie !== undefined) this.#cookie = cookie.split(";")[0] ?? "";
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    const body: unknown = isJson ? await response.json() : (await response.arrayBuffer(), null);
    return { status: response.status, headers: response.headers, body };
  }

  #json(method: string, path: string, body: object): Promise<Answer> {
    return this.send(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  }
}
