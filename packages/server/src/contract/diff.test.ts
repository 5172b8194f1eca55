import { describe, expect, it } from "vitest";
import { z } from "zod";
import { contractOf, diffContracts, formatDiff } from "../contract.ts";
import type { ContractDiff, Waiver } from "../contract.ts";
import { defineChannel, defineSocket, ok, routeChannel, volatile } from "../index.ts";
import type { AnyChannel } from "../index.ts";

type Schema = z.ZodType;
const documentOf = (
  channels: readonly AnyChannel[],
  options: {
    readonly params?: Schema;
    readonly version?: string;
    readonly path?: string;
    readonly authToken?: boolean;
  } = {},
) => {
  const { params, version = "1.0.0", path = "/socket", authToken = false } = options;
  const socket = defineSocket({ ...(params && { params }), connect: () => ok(), channels: channels as never });
  return contractOf({ [path]: { socket, authToken } } as never, { version, allowUnknown: true }).document;
};

const join = { payload: z.object({}), reply: z.object({}), error: z.object({}) };
const empty = { reply: z.object({}), error: z.object({}) };
const base = (pattern = "room:{id}") =>
  defineChannel(pattern)
    .pushes({ gone: z.object({}) })
    .join(join, () => ok({}));
/** What clients send. */
const up = (payload: Schema) => documentOf([base().handleIn("say", { payload, ...empty }, () => {})]);
/** What they are sent. */
const down = (schema: Schema) =>
  documentOf([
    defineChannel("room:{id}")
      .pushes({ said: schema })
      .join(join, () => ok({})),
  ]);
const reply = (schema: Schema) =>
  documentOf([base().handleIn("say", { payload: z.object({}), reply: schema, error: z.null() }, () => {})]);

/** `A` and `B` where they break, `+` where only users of new things do, `?` for warnings: `A!`, `B+`. */
function verdicts({ findings }: ContractDiff): string {
  const marks = { breaking: "!", addition: "+", warning: "?" } as const;
  const found = findings.map(({ verdict, level }) => `${verdict}${marks[level]}`);
  return [...new Set(found)].sort().join(" ");
}

const s = z.string();
const open = (shape: Record<string, Schema>) => z.object(shape);
const closed = (shape: Record<string, Schema>) => z.strictObject(shape);
const variants = (...kinds: string[]) => z.union(kinds.map((kind) => z.object({ kind: z.literal(kind), [kind]: s })));

describe("the rules", () => {
  it.each<[string, Schema, Schema, string, string]>([
    // what changes, old, new, client to server, server to client
    ["nothing", open({ a: s }), open({ a: s }), "", ""],
    ["an optional field is added", open({ a: s }), open({ a: s, b: s.optional() }), "", ""],
    ["an optional field is added to a closed object", closed({ a: s }), closed({ a: s, b: s.optional() }), "B!", ""],
    ["a required field is added", open({ a: s }), open({ a: s, b: s }), "A!", "B!"],
    ["a field with a default is added", open({ a: s }), open({ a: s, b: s.default("") }), "", ""],
    ["a required field is removed", open({ a: s, b: s }), open({ a: s }), "B!", "A!"],
    ["a required field is removed from a closed object", closed({ a: s, b: s }), closed({ a: s }), "A! B!", "A!"],
    ["an optional field is removed", open({ a: s, b: s.optional() }), open({ a: s }), "", "A?"],
    ["an optional field is removed from a closed object", closed({ b: s.optional() }), closed({}), "A!", "A?"],
    ["required becomes optional", open({ a: s }), open({ a: s.optional() }), "B!", "A!"],
    ["optional becomes required", open({ a: s.optional() }), open({ a: s }), "A!", "B!"],
    ["an enum gets a member", z.enum(["a"]), z.enum(["a", "b"]), "B!", "A!"],
    ["an enum loses a member", z.enum(["a", "b"]), z.enum(["a"]), "A!", "B!"],
    ["a union gets a member", z.union([s, z.number()]), z.union([s, z.number(), z.boolean()]), "B!", "A!"],
    ["a variant is added", variants("text"), variants("text", "image"), "B!", "A!"],
    [
      "a field of a variant is required",
      z.union([open({ k: z.literal("a") }), open({ k: z.literal("b") })]),
      z.union([open({ k: z.literal("a"), x: s }), open({ k: z.literal("b") })]),
      "A!",
      "B!",
    ],
    ["null is added", s, s.nullable(), "B!", "A!"],
    ["an integer becomes a number", z.int(), z.number(), "B!", "A!"],
    ["a bound is looser", s.max(5), s.max(9), "B!", "A!"],
    ["a bound is tighter", z.number().min(1), z.number().min(2), "A!", "B!"],
    ["a pattern is dropped", s.regex(/^a/), s, "B!", "A!"],
    ["a pattern is another one", s.regex(/^a/), s.regex(/^b/), "A? B?", "A? B?"],
    ["the type is another one", s, z.number(), "A! B!", "A! B!"],
    ["items are required", z.array(s), z.array(s).min(1), "A!", "B!"],
    ["a tuple grows", z.tuple([s]), z.tuple([s, s]), "A! B!", "A! B!"],
    ["a record is declared", z.record(s, s), z.record(s, z.number()), "A! B!", "A! B!"],
    ["a schema has no JSON Schema any more", open({ a: s }), z.date() as Schema, "B?", "A?"],
  ])("%s", (_what, before, after, sent, received) => {
    expect(verdicts(diffContracts(up(before), up(after)))).toBe(sent);
    expect(verdicts(diffContracts(down(before), down(after)))).toBe(received);
    expect(verdicts(diffContracts(reply(before), reply(after)))).toBe(received);
  });

  const talking = base().handleIn("say", { payload: z.object({}), ...empty }, () => {});
  const prefix = base().handleIn("say:*", { payload: open({ a: s }), ...empty }, () => {});
  it.each<[string, readonly AnyChannel[], readonly AnyChannel[], string]>([
    ["an event is removed", [talking], [base()], "A!"],
    ["an event is added", [base()], [talking], "B+"],
    [
      "a push is removed",
      [base()],
      [
        defineChannel("room:{id}")
          .pushes({})
          .join(join, () => ok({})),
      ],
      "A!",
    ],
    [
      "a push is perhaps removed",
      [base()],
      [
        defineChannel("room:{id}")
          .pushes<{ gone: object }>()
          .join(join, () => ok({})),
      ],
      "A?",
    ],
    [
      "a push is added",
      [base()],
      [
        defineChannel("room:{id}")
          .pushes({ gone: z.object({}), b: s })
          .join(join, () => ok({})),
      ],
      "B+",
    ],
    [
      "a push may be missed",
      [base()],
      [
        defineChannel("room:{id}")
          .pushes({ gone: z.object({}) }, { gone: volatile() })
          .join(join, () => ok({})),
      ],
      "A?",
    ],
    ["a channel is removed", [base(), base("lobby")], [base()], "A!"],
    ["a channel is added", [base()], [base(), base("lobby")], "B+"],
    ["a part of a topic has another name", [base()], [routeChannel("room:{room}", base()) as never], ""],
    ["topics are widened", [base()], [base("room:*")], "B+"],
    ["topics are narrowed", [base()], [base("room:{id}:x")], "A!"],
    ["a fixed topic becomes a pattern", [base("room:1")], [base()], "B+"],
    [
      "an event becomes a prefix",
      [base().handleIn("say:a", { payload: open({ a: s }), ...empty }, () => {})],
      [prefix],
      "B+",
    ],
    [
      "a prefix gets a handler of its own for one event",
      [prefix],
      [prefix.handleIn("say:hello", { payload: open({ b: s }), ...empty }, () => {})],
      "A! B!",
    ],
    ["an event becomes ephemeral", [talking], [base().ephemeral("say", s, { key: () => "" })], "A! B+"],
    ["a history is dropped", [base().history()], [base()], "A?"],
    ["pushes are not handled once any more", [base().dedupe()], [base()], "A?"],
  ])("%s", (_what, before, after, found) => {
    expect(verdicts(diffContracts(documentOf(before), documentOf(after)))).toBe(found);
  });

  it("says which server does not know an event", () => {
    const says = (before: readonly AnyChannel[], after: readonly AnyChannel[]) =>
      formatDiff(diffContracts(documentOf(before), documentOf(after)), "text");
    expect(says([talking], [base()])).toContain('the new server answers with "unknown event"');
    expect(says([base()], [talking])).toContain('the old server answers with "unknown event"');
  });

  it.each<[string, Parameters<typeof documentOf>[1], Parameters<typeof documentOf>[1], string]>([
    ["a param is required", { params: open({}) }, { params: open({ token: s }) }, "A!"],
    ["a token is read at the handshake", {}, { authToken: true }, "A!"],
    ["the path is another one", {}, { path: "/ws" }, "A! B+"],
    ["nothing", {}, {}, ""],
  ])("of a socket: %s", (_what, before, after, found) => {
    const params = { params: open({}) };
    expect(
      verdicts(
        diffContracts(documentOf([base()], { ...params, ...before }), documentOf([base()], { ...params, ...after })),
      ),
    ).toBe(found);
  });

  it("compares what schemas of one name stand for, and ends with recursive ones", () => {
    const tree = (value: Schema) => {
      const Tree: z.ZodType = z
        .object({
          value,
          get kids() {
            return z.array(Tree);
          },
        })
        .meta({ id: "Tree" });
      return down(z.object({ tree: Tree }));
    };
    expect(verdicts(diffContracts(tree(s), tree(s)))).toBe("");
    expect(diffContracts(tree(s), tree(z.number())).findings).toMatchObject([
      { verdict: "A", path: "$.tree.value", rule: "type" },
      { verdict: "B", path: "$.tree.value", rule: "type" },
    ]);
  });
});

describe("a finding", () => {
  const before = documentOf([
    base().handleIn("say", { payload: z.object({ to: z.array(open({ "user id": s })) }), ...empty }, () => {}),
  ]);
  const after = documentOf(
    [
      base().handleIn(
        "say",
        { payload: z.object({ to: z.array(open({ "user id": z.enum(["a"]) })) }), ...empty },
        () => {},
      ),
    ],
    { version: "2.0.0" },
  );
  const diff = diffContracts(before, after);

  it("says which clients break, where and why", () => {
    expect(diff.findings).toEqual([
      {
        verdict: "A",
        level: "breaking",
        rule: "value",
        socket: "/socket",
        channel: "room:{id}",
        event: "say",
        part: "payload",
        path: '$.to[*]["user id"]',
        clients: "old clients that push it",
        message: 'an old client may send any string, the new server takes only "a"',
      },
    ]);
    expect(diff).toMatchObject({ breaks: ["A"], versions: { old: "1.0.0", new: "2.0.0", isBreakingBump: true } });
  });

  it("is shown as text, JSON, annotations and Markdown", () => {
    expect(formatDiff(diff, "text")).toBe(`A. Old clients with the new server: 1 breaking
  ✗ room:{id} › say › payload $.to[*]["user id"]
    old clients that push it: an old client may send any string, the new server takes only "a" [value]

B. New clients with the old server: nothing breaks`);
    expect(JSON.parse(formatDiff(diff, "json"))).toEqual(JSON.parse(JSON.stringify(diff)));
    expect(formatDiff(diff, "github").split("\n")[0]).toBe(
      '::error title=A%3A room%3A{id} › say › payload $.to[*]["user id"]::old clients that push it: an old client may send any string, the new server takes only "a" [value]',
    );
    expect(formatDiff(diff, "md")).toContain(
      '| breaking | `room:{id} › say › payload $.to[*]["user id"]` | old clients that push it |',
    );
  });

  it("lets no name end an annotation or a cell", () => {
    const odd = (event: string) => documentOf([base().handleIn(event, { payload: z.object({}), ...empty }, () => {})]);
    const found = diffContracts(odd("a\n::error::b|`c`"), documentOf([base()]));
    expect(
      formatDiff(found, "github")
        .split("\n")
        .filter((line) => line.startsWith("::")),
    ).toHaveLength(1);
    expect(formatDiff(found, "md")).toContain("`room:{id} › a ::error::b\\|'c' › payload`");
  });
});

describe("waivers", () => {
  const before = up(z.object({ a: z.string() }));
  const after = up(z.object({ a: z.number() }));
  const judge = (...waivers: Partial<Waiver>[]) =>
    diffContracts(before, after, { waivers: waivers as Waiver[], today: "2027-01-10" });
  const waiver = {
    verdict: "A",
    channel: "room:{id}",
    event: "say",
    path: "$.a",
    reason: "nobody uses it",
    until: "2027-01-10",
  } as const;

  it("take what they name out, until their day is over", () => {
    expect(judge(waiver)).toMatchObject({ breaks: ["B"], waived: [{ waiver, finding: { verdict: "A" } }], notes: [] });
    const { verdict: _verdict, ...both } = waiver;
    expect(judge(both).breaks).toEqual([]);
    expect(formatDiff(judge(both), "text")).toContain(
      "waived until 2027-01-10: room:{id} › say › payload $.a (nobody uses it)",
    );
    expect(judge({ ...both, until: "2027-01-09" })).toMatchObject({
      breaks: ["A", "B"],
      notes: ["a waiver has expired on 2027-01-09: channel room:{id}, event say, path $.a"],
    });
    expect(judge({ ...both, event: "shout" }).notes).toEqual([
      "a waiver names nothing any more, remove it: channel room:{id}, event shout, path $.a",
    ]);
  });

  it.each([
    [{ ...waiver, reason: "" }, "needs a reason"],
    [{ ...waiver, until: "soon" }, 'needs "until"'],
    [{ ...waiver, until: "2027-13-01" }, 'needs "until"'],
    [{ reason: "all", until: "2027-01-10" }, "names nothing"],
    [{ ...waiver, topic: "x" }, 'has no field "topic"'],
    [null, "is not an object"],
  ])("%j is refused", (given, message) => {
    expect(() => judge(given as never)).toThrow(message);
  });
});

it.each([
  ["1.4.0", "2.0.0", true],
  ["1.4.0", "1.5.0", false],
  ["0.4.1", "0.5.0", true],
  ["0.4.1", "0.4.2", false],
  ["0.4.1", "1.0.0", true],
  ["2.0.0", "1.0.0", false],
  ["next", "1.0.0", false],
])("the version %s → %s says that something breaks: %s", (from, to, isBump) => {
  const [before, after] = [documentOf([base()], { version: from }), documentOf([base()], { version: to })];
  expect(diffContracts(before, after).versions.isBreakingBump).toBe(isBump);
});

describe("documents that somebody has edited", () => {
  const document = (schema: unknown) => {
    const written = documentOf([base()]);
    const components = written["components"] as { readonly schemas?: object };
    return { ...written, components: { ...components, schemas: { ...components.schemas, Odd: schema } } };
  };
  const nested = (depth: number): unknown => (depth === 0 ? {} : { items: nested(depth - 1) });

  it.each([
    ["required", { required: 5 }, 'has an invalid "required" at #/components/schemas/Odd'],
    ["a property", { properties: { a: null } }, 'has an invalid "properties" at #/components/schemas/Odd'],
    ["enum", { items: { enum: "abc" } }, 'has an invalid "enum" at #/components/schemas/Odd/items'],
    ["anyOf", { anyOf: [5] }, 'has an invalid "anyOf" at #/components/schemas/Odd'],
    ["the depth", nested(1_000), "is nested more than 100 deep"],
  ])("are refused with a sentence: %s", (_what, schema, message) => {
    expect(() => diffContracts(document({}), document(schema))).toThrow(`the new contract ${message}`);
  });

  it.each(["anyOf", "allOf"])("may not have schemas that are themselves, by %s", (keyword) => {
    const text = JSON.stringify(up(z.object({ odd: z.string() }))).replace(
      '"odd":{"type":"string"}',
      '"odd":{"$ref":"#/components/schemas/Odd"}',
    );
    const written = JSON.parse(text) as { readonly components: { readonly schemas?: object } };
    const Odd = { [keyword]: [{ $ref: "#/components/schemas/Odd" }] };
    const endless = {
      ...written,
      components: { ...written.components, schemas: { ...written.components.schemas, Odd } },
    };
    expect(text).toContain("schemas/Odd");
    expect(() => diffContracts(endless, up(z.object({ odd: z.number() })))).toThrow("refers to itself");
  });

  it("may have fields with the names of keywords", () => {
    const fields = { type: "object", properties: { required: { type: "string" }, enum: { type: "number" } } };
    expect(diffContracts(document(fields), document(fields)).findings).toEqual([]);
  });
});
