/**
 * `npm run bench:loss`: what clients lose whose connections are cut, on one topic: by Wingbeat without a history and with
 * one, and by Socket.IO without and with its connection state recovery. All clients have their defaults.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { log, parseOptions, positive, runBench } from "./command-line.ts";
import type { Account } from "./loss/reader.ts";
import { end, nextMessage, spawnPinned } from "./pinned.ts";
import { writeReadme } from "./readme.ts";
import { machine, placement, titles, today } from "./surroundings.ts";
import { markdown } from "./table.ts";

const usage = `npm run bench:loss -- [options]
  --seconds N   for each server (default 60)
  --clients N   on one topic (default 100)
  --rate N      messages per second (default 100)
  --cuts N      per second (default 4)
  --write       put the table into bench/README.md`;

interface Case {
  readonly title: string;
  readonly server: "wingbeat" | "socketio";
  readonly kind: string;
}

const { wingbeat, socketio } = titles();
const CASES: readonly Case[] = [
  { title: wingbeat, server: "wingbeat", kind: "" },
  { title: `${wingbeat}, \`.history()\``, server: "wingbeat", kind: "history" },
  { title: socketio, server: "socketio", kind: "" },
  { title: `${socketio}, \`connectionStateRecovery\``, server: "socketio", kind: "recovery" },
];

interface Options {
  readonly seconds: number;
  readonly clients: number;
  readonly rate: number;
  readonly cuts: number;
}

interface Outcome {
  readonly cuts: number;
  readonly readers: readonly Account[];
}

/** For those who were cut last to be back, and for what is under way to arrive: milliseconds. */
const COME_BACK = 8_000;
const ARRIVE = 2_000;

async function run({ server, kind }: Case, { seconds, clients, rate, cuts }: Options): Promise<Outcome> {
  const serving = spawnPinned(0, `./loss/servers/${server}.js`, [kind, String(rate)]);
  const { port } = await nextMessage<{ port: number }>(serving, server);
  const reading = spawnPinned(1, "./loss/clients.js", [server, kind, port, clients, cuts].map(String));
  const ask = async <Answer>(child: typeof serving, order: object | string): Promise<Answer> => {
    const answer = nextMessage<Answer>(child, server);
    child.send(order);
    return answer;
  };
  try {
    await nextMessage(reading, "the clients");
    await sleep(seconds * 1_000);
    await ask(reading, "stop");
    await sleep(COME_BACK);
    const { last } = await ask<{ last: number }>(serving, "stop");
    await sleep(ARRIVE);
    return await ask<Outcome>(reading, { last });
  } finally {
    await Promise.all([end(serving), end(reading)]);
  }
}

function row(title: string, { cuts, readers }: Outcome): string[] {
  const sum = (what: keyof Account): number => readers.reduce((total, account) => total + account[what], 0);
  const [owed, lost] = [sum("owed"), sum("lost")];
  const figures = [cuts, owed, lost].map((figure) => figure.toLocaleString("en"));
  const share = `${((100 * lost) / owed).toFixed(2)} %`;
  return [
    title,
    ...figures,
    share,
    ...(["untold", "doubled", "reordered"] as const).map((what) => sum(what).toLocaleString("en")),
  ];
}

await runBench(usage, async (args) => {
  const values = parseOptions(args, {
    seconds: { type: "string", default: "60" },
    clients: { type: "string", default: "100" },
    rate: { type: "string", default: "100" },
    cuts: { type: "string", default: "4" },
    write: { type: "boolean", default: false },
  });
  const options = {
    seconds: positive("--seconds", values.seconds),
    clients: positive("--clients", values.clients),
    rate: positive("--rate", values.rate),
    cuts: positive("--cuts", values.cuts),
  };
  const rows: string[][] = [];
  for (const one of CASES) {
    rows.push(row(one.title, await run(one, options)));
    log(rows.at(-1)!.join("  "));
  }
  const head = ["", "cuts", "deliveries owed", "lost", "share", "lost, and not told", "doubled", "out of order"];
  const { seconds, clients, rate, cuts } = options;
  const scenario = `${clients} clients on one topic, ${rate} messages a second, ${cuts} cuts a second for ${seconds} s, each of one connection.`;
  const page = `${markdown(head, 1, rows)}\n\n${scenario}\n\n${today()}. ${machine()}; ${placement()}.`;
  console.log(page);
  if (values.write) writeReadme("loss", page);
});
