// Who may import whom. A room is `x.ts` together with the folder `x/`; imports point down only, type-only ones included.

const SERVER = "^packages/server/src/";

/** The files of rooms of the server. */
const room = (...names) => names.map((name) => `${SERVER}${name}(\\.ts$|/)`);
/** One file of the server. */
const file = (name) => `${SERVER}${name}\\.ts$`;

const PROTOCOL = "^packages/protocol/";
/** The catalogue of events, and `Telemetry.attach`. */
const LISTENING = [file("telemetry"), file("telemetry/attach")];
/** What channels and sockets know of transports. */
const CONNECTION = file("transports/connection");
const TESTS = "\\.test\\.ts$";

/** Files at `from` may import each other, what is `allowed`, and npm packages; nothing else of this repository. */
const only = (name, from, ...allowed) => ({
  name,
  severity: "error",
  from: { path: from, pathNot: [TESTS, "^packages/[^/]+/test/"] },
  to: { path: "^(packages|examples|conformance|bench|tools)/", pathNot: [from, ...allowed].flat() },
});

/** What stands on nothing of this repository but each other. */
const GROUND = room("awaitable", "errors", "options");

module.exports = {
  forbidden: [
    // The two channels of this test talk to each other, by type.
    { name: "no-cycles", severity: "error", from: { pathNot: "test/types/cycle/" }, to: { circular: true } },
    {
      name: "no-unresolvable",
      comment: "The React template is laid over the other one, and imports what it has there.",
      severity: "error",
      from: { pathNot: "^packages/create-wingbeat/template-react/" },
      to: { couldNotResolve: true },
    },

    only("protocol", PROTOCOL),
    {
      name: "protocol-imports-nothing",
      severity: "error",
      from: { path: PROTOCOL, pathNot: TESTS },
      to: { pathNot: PROTOCOL },
    },
    only("client", "^packages/client/", PROTOCOL),
    {
      name: "client-knows-no-bindings",
      comment: "bindings.ts is for the packages of the frameworks, and stands on the client.",
      severity: "error",
      from: { path: "^packages/client/src/", pathNot: [TESTS, "^packages/client/src/bindings(\\.ts$|/)"] },
      to: { path: "^packages/client/src/bindings(\\.ts$|/)" },
    },
    only("react", "^packages/react/", "^packages/client/", PROTOCOL),
    only("vue", "^packages/vue/", "^packages/client/", PROTOCOL),
    only("svelte", "^packages/svelte/", "^packages/client/", PROTOCOL),
    only(
      "inspector-page",
      "^packages/inspector/web/",
      "^packages/(client|react|protocol)/",
      "^packages/server/dist/inspector\\.d\\.ts$",
    ),
    {
      name: "inspector-page-knows-the-server-by-type",
      severity: "error",
      from: { path: "^packages/inspector/web/" },
      to: { path: "^packages/server/", dependencyTypesNot: ["type-only"] },
    },
    only("create-wingbeat", "^packages/create-wingbeat/(src|test)/"),

    only("awaitable", room("awaitable")),
    only("errors", room("errors")),
    only("pattern", room("pattern"), room("errors")),
    only("options", room("options"), room("errors")),
    only("telemetry", file("telemetry"), `${SERVER}telemetry/(guard|printable)\\.ts$`),
    only("telemetry-logger", `${SERVER}telemetry/`, file("telemetry"), room("errors", "options")),
    only("prometheus", room("prometheus"), LISTENING, room("errors", "options"), PROTOCOL),
    only("opentelemetry", room("opentelemetry"), LISTENING, room("errors")),
    only("token", room("token"), room("errors", "options")),
    only(
      "cli",
      room("cli"),
      room("contract", "errors"),
      room("pubsub/adapters/postgres/schema"),
      file("inspector/model"),
    ),
    only("contract", room("contract"), room("errors", "options", "pattern"), file("channel/spec")),
    only(
      "broadcaster",
      room("broadcaster"),
      room("channel", "errors", "options", "pattern", "pubsub", "telemetry"),
      file("socket"),
      PROTOCOL,
    ),
    only(
      "publish",
      room("publish"),
      room("errors", "options", "pattern", "telemetry", "token"),
      file("hosts/node/publish"),
      PROTOCOL,
    ),
    only("postgres-for-applications", file("postgres"), file("pubsub/adapters/postgres"), file("channel/once")),
    only("connection", CONNECTION, PROTOCOL),
    only(
      "admission",
      room("admission"),
      room("socket"),
      file("channel/(result|call)"),
      file("telemetry"),
      GROUND,
      PROTOCOL,
    ),
    only("host", file("hosts/host"), room("admission"), PROTOCOL),
    only(
      "hosts",
      room("hosts"),
      room("admission"),
      file("socket/connect-info"),
      file("publish/(grant|publisher)"),
      file("telemetry"),
      GROUND,
    ),
    only(
      "transports",
      `${SERVER}transports/`,
      room("admission"),
      file("hosts/host"),
      file("socket/connect-info"),
      file("telemetry"),
      room("token"),
      GROUND,
      PROTOCOL,
    ),
    only("transports-for-others", file("transports"), `${SERVER}transports/`, room("admission"), file("hosts/host")),
    {
      name: "only-hosts-know-node-http",
      comment: "Admission, transports and endpoint run on any host. The WebSocket reader gives `ws` a request.",
      severity: "error",
      from: {
        path: SERVER,
        pathNot: [TESTS, `${SERVER}(hosts/node|transports/websocket)(\\.ts$|/)`],
      },
      to: { path: "^(node:)?(http|https|http2|tls)$" },
    },
    {
      name: "sockets-know-no-network",
      comment: "Addresses are values: node:net parses them in admission. What listens is a host.",
      severity: "error",
      from: { path: SERVER, pathNot: [TESTS, `${SERVER}(admission|hosts/node)(\\.ts$|/)`] },
      to: { path: "^(node:)?net$" },
    },
    only("pubsub", room("pubsub"), room("awaitable", "errors", "options", "telemetry")),
    only("cluster", room("cluster"), room("errors", "options", "pubsub", "telemetry")),
    only("tracker", room("tracker"), room("errors", "options", "pubsub", "telemetry")),
    only(
      "presence",
      room("presence"),
      room("awaitable", "errors", "options", "pubsub", "telemetry", "tracker"),
      PROTOCOL,
    ),
    only(
      "channel",
      room("channel"),
      room("awaitable", "errors", "options", "pattern", "pubsub", "telemetry"),
      CONNECTION,
      PROTOCOL,
    ),
    only(
      "socket",
      room("socket"),
      room("awaitable", "channel", "errors", "options", "pattern", "pubsub", "telemetry"),
      CONNECTION,
      PROTOCOL,
    ),
    only(
      "endpoint",
      room("endpoint"),
      room("admission", "channel", "hosts", "pubsub", "socket", "telemetry", "transports"),
      GROUND,
      PROTOCOL,
    ),
    {
      name: "parts-of-an-endpoint-do-not-pick",
      comment: "Transports, host, adapter and logger are picked in endpoint.ts alone.",
      severity: "error",
      from: { path: `${SERVER}endpoint/`, pathNot: TESTS },
      to: {
        path: `${SERVER}(transports/|hosts/|pubsub/adapters/)`,
        pathNot: [file("transports/(transport|connection)"), file("hosts/host")],
        dependencyTypesNot: ["type-only"],
      },
    },
    only(
      "inspector",
      room("inspector"),
      room("admission", "channel", "endpoint", "hosts", "pubsub", "socket", "telemetry", "token"),
      CONNECTION,
      GROUND,
      PROTOCOL,
    ),
    {
      name: "nobody-needs-an-inspector",
      comment: "An endpoint is looked at, and does not know by whom. What nodes need for it is in endpoint.ts.",
      severity: "error",
      from: { path: SERVER, pathNot: [...room("inspector", "cli"), TESTS] },
      to: { path: `${SERVER}inspector(\\.ts$|/)` },
    },
    {
      name: "inspection-knows-no-page",
      comment:
        "What is known, and who may see it, are two things: inspect.ts and its folders know nothing of the door.",
      severity: "error",
      from: {
        path: `${SERVER}inspector/((counts|incidents|node|peers|tap)/|(inspect|merge|questions|lease|recent)\\.ts$)`,
      },
      to: { path: `${SERVER}(inspector\\.ts$|hosts/|admission)` },
    },
    only(
      "testing",
      room("testing"),
      room("admission", "channel", "endpoint", "pubsub", "socket", "telemetry", "transports"),
      GROUND,
      PROTOCOL,
      file("index"),
    ),
    {
      name: "logger-is-chosen-by-the-endpoint",
      comment: "Everything else emits telemetry.",
      severity: "error",
      from: {
        path: SERVER,
        pathNot: [...room("broadcaster", "endpoint", "inspector", "telemetry", "testing"), file("index"), TESTS],
      },
      to: { path: `${SERVER}telemetry/`, pathNot: LISTENING },
    },
    {
      name: "door-is-for-users",
      comment: "index.ts imports everything; nothing of the server but testing imports it.",
      severity: "error",
      from: { path: SERVER, pathNot: [...room("testing"), TESTS] },
      to: { path: file("index") },
    },
    {
      name: "siblings-do-not-know-each-other",
      severity: "error",
      from: { path: `${SERVER}(pubsub/adapters|transports)/([^/.]+)`, pathNot: TESTS },
      to: { path: `${SERVER}$1/`, pathNot: [`${SERVER}$1/$2`, file("transports/(connection|transport|sweep|lag)")] },
    },
    {
      name: "parts-do-not-know-their-front-door",
      comment:
        "x.ts imports x/, not the other way round. Telemetry is emitted in telemetry.ts, and heard in its folder.",
      severity: "error",
      from: { path: `${SERVER}(.+)/[^/]+\\.ts$`, pathNot: [TESTS, `${SERVER}telemetry/`, file("pubsub/roll-call")] },
      to: { path: `${SERVER}$1\\.ts$` },
    },
    {
      name: "contracts-know-no-implementation",
      comment: "Adapters build on remote/, both on the contract; hosts and transports on theirs.",
      severity: "error",
      from: {
        path: `${SERVER}(pubsub/(remote/|[^/]+\\.ts)|hosts/host|transports/[^/]+(?<!longpoll|websocket|memory)\\.ts)`,
        pathNot: TESTS,
      },
      to: { path: `${SERVER}(pubsub/adapters/|hosts/node|transports/(longpoll|websocket|memory))` },
    },
    {
      name: "only-tests-import-tests",
      severity: "error",
      from: { pathNot: [TESTS, "/test/", "^vitest\\.config\\.ts$"] },
      to: { path: [TESTS, "/test/", "^node_modules/(vitest|fast-check|playwright-core)/"] },
    },
    {
      name: "declared-dependencies",
      comment: "What a published package imports is in its own package.json, or Node's.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: TESTS },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "published-names-only",
      comment: "What stands beside the packages imports them by name, as everybody does.",
      severity: "error",
      from: { path: "^(examples/[^/]+|conformance|bench|packages/create-wingbeat/template)/" },
      to: { path: "^(packages|examples|conformance|bench)/", pathNot: ["^$1/", "/dist/", "^examples/[^/]+/test/"] },
    },
    {
      name: "pages-know-servers-by-type",
      comment: "A page carries the client, and of its server nothing but types.",
      severity: "error",
      from: { path: "^examples/[^/]+/(web|page)/" },
      to: { path: "^(packages/server|examples/[^/]+/(src|dist))/", dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.test.json" },
    doNotFollow: { path: ["node_modules", "/dist/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "node", "default"],
      mainFields: ["types", "main"],
    },
  },
};
