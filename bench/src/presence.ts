/** `npm run bench:presence`: what it costs that everybody on a topic knows everybody, while they all come at once. */
import { log, parseOptions, positive, runBench } from "./command-line.ts";
import { casesFor } from "./presence/cases.ts";
import { measure, type Measured } from "./presence/measure.ts";
import { remarks, table } from "./presence/table.ts";
import { writeReadme } from "./readme.ts";
import { machine, placement, titles, today } from "./surroundings.ts";

const usage = `npm run bench:presence -- [options]
  --users N         users of one topic that come at once, Wingbeat alone (default 10,000)
  --peer-users N    users for the comparison with Socket.IO (default 2,000)
  --write           put the table into bench/README.md
Every join is told to all: N users are N × N / 2 messages, so that twice as many users take four times as long.`;

await runBench(usage, async (args) => {
  const values = parseOptions(args, {
    users: { type: "string", default: "10000" },
    "peer-users": { type: "string", default: "2000" },
    write: { type: "boolean", default: false },
  });
  const users = positive("--users", values.users);
  const peerUsers = positive("--peer-users", values["peer-users"]);
  const rows: Measured[] = [];
  for (const one of casesFor(users, peerUsers)) {
    const row = await measure(one);
    rows.push(row);
    log(
      `${one.server}, ${one.mode}, ${one.users} users: ${row.cpuPerJoin.toFixed(0)} µs per join, ${row.seconds.toFixed(1)} s`,
    );
  }
  const page = `${table(rows, titles())}\n\n${remarks(rows)}\n\n${today()}. ${machine()}; ${placement()}.`;
  console.log(page);
  if (values.write) writeReadme("presence", page);
});
