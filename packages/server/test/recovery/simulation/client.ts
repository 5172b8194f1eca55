/** A simulated user: real sockets and channels of the client, one after the other, over simulated connections. */
import { Socket } from "@wingbeat/client";
import type { Channel, Position } from "@wingbeat/client";
import { actor } from "./clock.ts";
import type { Actor } from "./clock.ts";
import type { Node, NodeWorld, Say } from "./node.ts";
import type { Run } from "./story.ts";
import { ClientEnd, Line } from "./wire.ts";
import { TOPICS } from "./world.ts";
import type { Payload } from "./world.ts";

/** One channel of the client, and what is written down of it. */
interface Joined {
  readonly channel: Channel;
  readonly run: Run;
  /** Where it stood before the frame that it is handling. */
  before: Position | null;
}

/** The world around a client. */
export interface ClientWorld extends NodeWorld {
  /** A node that it reaches now; undefined: none. */
  route(): Node | undefined;
}

export class Client {
  readonly user: string;
  actor: Actor;
  isSlow = false;
  readonly #world: ClientWorld;
  readonly #isAware: boolean;
  #page = 0;
  #socket: Socket | undefined = undefined;
  #joined: Joined[] = [];
  readonly #lines = new Set<Line>();

  constructor(world: ClientWorld, number: number) {
    this.#world = world;
    this.user = `user${number}`;
    this.#isAware = number > 0;
    this.actor = this.#open(undefined);
  }

  /** A push whose handler broadcasts. */
  say(): void {
    const { random } = this.#world;
    if (this.#joined.length === 0) return;
    const { channel, run } = random.pick(this.#joined);
    const say: Say = { how: random.pick(["broadcast", "others", "publish"]), event: this.#world.event() };
    channel.push("say", say).receive("ok", (response: unknown) => {
      run.steps.push({ is: "answered", at: this.#world.clock.now, id: (response as { id: string }).id });
    });
  }

  /** The connection breaks. Each end notices at once, or much later. */
  cut(): void {
    const { random } = this.#world;
    const notice = (): number => (random.chance(0.7) ? random.about(20) : random.between(100, 10_000));
    for (const line of this.#lines) line.cut(notice(), notice());
    this.#lines.clear();
  }

  /** The page is loaded again: it remembers where it stood, or something else. */
  reload(): void {
    this.actor.isDead = true;
    this.cut();
    const before = this.#joined.map(({ run }) => run);
    for (const run of before) run.isKept = false;
    this.actor = this.#open(before);
  }

  /** Another channel object for a topic, with or without leaving first. */
  rejoin(): void {
    const { random } = this.#world;
    const socket = this.#socket;
    if (this.#joined.length === 0 || socket === undefined) return;
    const old = random.pick(this.#joined);
    this.#joined = this.#joined.filter((joined) => joined !== old);
    old.run.isKept = false;
    if (random.chance(0.6)) old.channel.leave();
    this.#join(socket, old.run.topic, old.run.session, old.run);
  }

  /** The network is good again. */
  comeBack(): void {
    this.isSlow = false;
    this.cut();
  }

  /** Looks at where it stands, at the end. */
  close(): void {
    for (const { channel, run } of this.#joined) run.isJoined = channel.state === "joined";
  }

  #open(before: readonly Run[] | undefined): Actor {
    const world = this.#world;
    const own = actor(`${this.user}.${this.#page++}`);
    const session = own.name;
    this.#joined = [];
    world.clock.after(
      world.random.about(100),
      () => {
        const socket = new Socket("ws://simulated/socket", {
          transport: this.#transport(own),
          params: { user: this.user, session },
          timeout: world.random.pick([400, 2_000, 10_000]),
          recovery: this.#isAware,
        });
        this.#socket = socket;
        socket.connect();
        for (const topic of TOPICS)
          this.#join(
            socket,
            topic,
            session,
            before?.find((run) => run.topic === topic),
          );
      },
      own,
    );
    return own;
  }

  #join(socket: Socket, topic: string, session: string, before: Run | undefined): void {
    const world = this.#world;
    const since = this.#isAware ? this.#since(before) : undefined;
    const run: Run = {
      name: `${session} ${topic} #${world.runs.length}`,
      topic,
      session,
      isAware: this.#isAware,
      isFiltered: world.climate.isFiltered,
      since,
      steps: [],
      isKept: true,
      isJoined: false,
    };
    world.runs.push(run);
    const channel = socket.channel(topic);
    const joined: Joined = { channel, run, before: null };
    this.#joined.push(joined);
    this.#listen(joined);
    const options = since === undefined ? {} : typeof since === "object" && "rewind" in since ? since : { since };
    channel.join(options).receive("ok", () => {
      run.steps.push({ is: "joined", at: world.clock.now, position: channel.position });
    });
  }

  /** What the page remembers: what it got last, something older, or nothing. */
  #since(before: Run | undefined): Run["since"] {
    const { random } = this.#world;
    if (before === undefined || random.chance(0.15)) {
      return random.pick([undefined, undefined, "earliest" as const, { rewind: 3 }]);
    }
    const positions = before.steps.flatMap((step) =>
      "position" in step && step.position !== null && step.position !== undefined ? [step.position] : [],
    );
    const last = positions.at(-1);
    if (last !== undefined) return random.chance(0.8) ? last : random.pick(positions);
    return typeof before.since === "object" ? before.since : undefined;
  }

  #listen(joined: Joined): void {
    const { channel, run } = joined;
    const { clock } = this.#world;
    for (const event of ["msg", "vip", "typing"]) {
      channel.on(event, (payload, _ref, _joinRef, position) => {
        const { id } = payload as Payload;
        const { topic } = channel;
        run.steps.push({ is: "message", at: clock.now, topic, event, id, position: position });
      });
    }
    channel.onRecover(({ recovered, reason, count }) => {
      run.steps.push({
        is: "told",
        at: clock.now,
        recovered,
        reason,
        count,
        before: joined.before,
        position: channel.position,
      });
    });
    channel.onCaughtUp(() => run.steps.push({ is: "caughtUp", at: clock.now }));
  }

  #transport(own: Actor) {
    const world = this.#world;
    const remember = (): void => {
      for (const joined of this.#joined) joined.before = joined.channel.position;
    };
    const connect = (end: ClientEnd, url: string): void => this.#connect(own, end, url);
    return class extends ClientEnd {
      constructor(url: string) {
        super();
        this.onFrame = () => remember();
        world.clock.after(world.random.about(world.climate.clientDelay), () => connect(this, url), own);
      }
    };
  }

  #connect(own: Actor, end: ClientEnd, url: string): void {
    const world = this.#world;
    const node = world.route();
    if (end.readyState !== 0) return;
    if (node === undefined) return end.ended(1006, "");
    const { clock, random } = world;
    const line = new Line(
      `${own.name}-${node.actor.name}`,
      {
        clock,
        node: node.actor,
        client: own,
        delay: () => random.about(world.climate.clientDelay),
        rate: () => (this.isSlow ? world.climate.slowRate : 1_000),
      },
      end,
    );
    end.line = line;
    this.#lines.add(line);
    world.wires.push(line.wire);
    const path = url.slice(url.indexOf("/socket"));
    clock.after(random.about(world.climate.clientDelay), () => void node.connect(line, path), node.actor);
  }
}
