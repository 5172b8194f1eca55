/** A socket on its path, with its transports. */
import { admit, admitHandshake, refuseAdmitted, reportAdmitted, screen } from "../admission.ts";
import type { AdmissionRules, Admitted, EndpointRules, Refusal, Screened, Visit } from "../admission.ts";
import { originCheck } from "../admission/origin.ts";
import { pathMatcher } from "../admission/path.ts";
import type { PathMatcher, PathParams } from "../admission/path.ts";
import type { Awaitable } from "../awaitable.ts";
import type { Found } from "../hosts/host.ts";
import { SocketProcess } from "../socket/process.ts";
import type { MessageWatcher, SocketEnvironment } from "../socket/process.ts";
import type { Connection, ConnectionHandler } from "../transports/connection.ts";
import type { Transport, TransportDefinition, TransportMount } from "../transports/transport.ts";
import type { MountConfig } from "./config.ts";

export class Mount {
  readonly #environment: SocketEnvironment;
  readonly #transports: readonly { readonly match: PathMatcher; readonly transport: Transport }[];

  constructor(
    config: MountConfig,
    environment: SocketEnvironment,
    rules: EndpointRules,
    transports: readonly TransportDefinition[],
  ) {
    this.#environment = environment;
    this.#transports = transports.map((definition) => ({
      match: pathMatcher(config.path, definition.path),
      transport: definition.start(new MountOfTransport(environment, rulesOf(config, environment, rules, definition))),
    }));
  }

  /** The connected clients. */
  get processes(): ReadonlySet<SocketProcess> {
    return this.#environment.processes;
  }

  get path(): string {
    return this.#environment.path;
  }

  /** Tells the inspector of each message of its clients. */
  watch(watcher: MessageWatcher | undefined): void {
    this.#environment.watcher = watcher;
  }

  /** Whether callbacks are running. */
  get hasWork(): boolean {
    return this.#environment.work.running > 0;
  }

  /** The transport that answers requests for a path. */
  find(path: string): Found | undefined {
    for (const { match, transport } of this.#transports) {
      const params = match(path);
      if (params !== undefined) return { handler: transport, params };
    }
    return undefined;
  }

  /** Waits until all connections are closed; after `ms` terminates the rest. */
  async stop(ms: number): Promise<void> {
    await Promise.all(this.#transports.map(({ transport }) => transport.stop(ms)));
  }
}

function rulesOf(
  { path, socket, authToken, readSession, checkOrigin, serializer }: MountConfig,
  { endpoint }: SocketEnvironment,
  shared: EndpointRules,
  transport: TransportDefinition,
): AdmissionRules {
  return {
    ...shared,
    endpoint,
    path,
    transport: transport.name,
    socket: socket.spec,
    checkOrigin: originCheck(transport.checkOrigin ?? checkOrigin, shared.host),
    errorHandler: transport.errorHandler,
    subprotocols: transport.subprotocols ?? [],
    authToken,
    readSession,
    serializer,
  };
}

/** The mount, as one of its transports sees it. */
class MountOfTransport implements TransportMount {
  readonly #environment: SocketEnvironment;
  readonly #rules: AdmissionRules;

  constructor(environment: SocketEnvironment, rules: AdmissionRules) {
    this.#environment = environment;
    this.#rules = rules;
  }

  get endpoint(): object {
    return this.#rules.endpoint;
  }

  get path(): string {
    return this.#rules.path;
  }

  get authToken(): boolean {
    return this.#rules.authToken;
  }

  admit(visit: Visit, params: PathParams): Awaitable<Admitted | Refusal> {
    return admitHandshake(this.#rules, visit, params);
  }

  screen(visit: Visit, params: PathParams): Awaitable<Screened | Refusal> {
    return screen(this.#rules, visit, params);
  }

  admitScreened(screened: Screened, authToken: string | undefined): Awaitable<Admitted | Refusal> {
    return admit(this.#rules, screened, authToken);
  }

  open(admitted: Admitted, connection: Connection): ConnectionHandler {
    reportAdmitted(this.#rules, admitted);
    const process = new SocketProcess(this.#environment, admitted, connection);
    this.#environment.processes.add(process);
    return process;
  }

  refuse(admitted: Admitted, refusal: Refusal): Refusal {
    return refuseAdmitted(this.#rules, admitted, refusal);
  }
}
