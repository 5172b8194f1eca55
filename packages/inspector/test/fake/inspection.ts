/** An inspection of the invented world: what a real one would answer, without nodes. */
import type { Inspection } from "wingbeat/inspector";
import type { Answer, InspectorAction, QueryOf, TapFrame, TapTarget, ViewName } from "wingbeat/inspector";
import { DATA, frame } from "./answers.ts";
import { NODES, World } from "./world.ts";

export interface FakeInspection extends Inspection {
  readonly world: World;
  /** Nodes that do not answer any more. */
  readonly silent: Set<string>;
  /** The views that were asked for, in order. */
  readonly asked: ViewName[];
  /** What was done, in order. */
  readonly acts: InspectorAction[];
  /** Sends frames to all taps now. */
  show(...frames: Partial<TapFrame>[]): void;
}

const SHAPES: Readonly<Record<string, readonly [shape: string, payload: string]>> = {
  new_msg: ["{ body: string, tags: [string] }", '{"body":"Is anybody else seeing timeouts?","tags":["ops"]}'],
  typing: ["{ on: boolean }", '{"on":true}'],
  read: ["{ upTo: number }", '{"upTo":18230}'],
  phx_reply: ["{ status: string, response: { id: number } }", '{"status":"ok","response":{"id":18231}}'],
};

export function fakeInspection({ now = Date.now, every = 250, clients = 640 } = {}): FakeInspection {
  const world = new World(now, clients);
  const silent = new Set<string>();
  const acts: InspectorAction[] = [];
  const asked: ViewName[] = [];
  const taps = new Set<{
    readonly target: TapTarget;
    readonly receive: (frames: readonly TapFrame[], dropped: number) => void;
  }>();
  const timers = new Set<NodeJS.Timeout>();

  const make = (over: Partial<TapFrame>, reveal: boolean, target: TapTarget): TapFrame => {
    const whose = {
      ...("topic" in target && { topic: target.topic }),
      ...("id" in target && { id: target.id }),
      ...("connection" in target && { key: target.connection.key, node: target.connection.node }),
    };
    const [shape, payload] = SHAPES[over.event ?? "new_msg"] ?? ["{}", "{}"];
    return frame(world, { payload: reveal ? payload : shape, ...whose, ...over });
  };

  return {
    world,
    silent,
    acts,
    asked,
    watch: () => () => {},
    async ask<View extends ViewName>(view: View, query: QueryOf<View>): Promise<Answer<View>> {
      asked.push(view);
      const nodes = NODES.filter((node) => !silent.has(node));
      return { view, at: now(), nodes, silent: [...silent], data: DATA[view](world, query) };
    },
    tap(target, reveal, receive) {
      let ref = 10;
      const tap = {
        target,
        receive: (frames: readonly TapFrame[], dropped: number) => receive({ frames, dropped }),
      };
      taps.add(tap);
      const timer = setInterval(() => {
        const number = String(ref++);
        const frames: Partial<TapFrame>[] = [
          { event: "new_msg", ref: number, outcome: "ok", duration: world.wave(3, ref) },
          { direction: "out", event: "new_msg", ref: null },
          { direction: "out", event: "phx_reply", ref: number },
          { event: "typing", ref: null, outcome: "no reply", duration: 0.1 },
        ];
        tap.receive(
          frames.map((over) => make(over, reveal, target)),
          ref % 9 === 0 ? 14 : 0,
        );
      }, every);
      timers.add(timer);
      return () => {
        taps.delete(tap);
        timers.delete(timer);
        clearInterval(timer);
      };
    },
    show(...frames) {
      for (const { target, receive } of taps)
        receive(
          frames.map((over) => make(over, true, target)),
          0,
        );
    },
    async act(action) {
      acts.push(action);
      if (action.action === "disconnect_id") return world.disconnect(({ id }) => id === action.id);
      const { node, key } = action.connection;
      return world.disconnect((client) => client.node === node && client.key === key);
    },
    stop() {
      for (const timer of timers) clearInterval(timer);
      timers.clear();
      taps.clear();
    },
  };
}
