/**
 * Two nodes with real endpoints, a store, and clients with real sockets, in one process on virtual time. A seed decides
 * who does what when, and what goes wrong.
 */
import { Telemetry } from "../../../src/index.ts";
import { Client } from "./client.ts";
import type { Deed } from "./climate.ts";
import { Node } from "./node.ts";
import { World } from "./world.ts";
import type { Outcome } from "./world.ts";

const CLIENTS = 4;

export class EndpointWorld extends World<Node> {
  readonly clients: Client[] = [];
  readonly banned = new Set<string>();

  override async run(): Promise<Outcome> {
    const detach = [
      Telemetry.attach("channel.crashed", ({ error }) => this.crashed(error)),
      Telemetry.attach("pubsub.delivery_failed", ({ error }) => this.crashed(error)),
    ];
    try {
      return await super.run();
    } finally {
      for (const stop of detach) stop();
    }
  }

  /** A node that a client reaches now; undefined: none. */
  route(): Node | undefined {
    const alive = this.nodes.filter(({ actor: { isDead } }) => !isDead);
    return alive.length === 0 ? undefined : this.random.pick(alive);
  }

  protected override node(number: number, generation: number): Node {
    return new Node(this, number, generation);
  }

  protected override begin(): void {
    for (let n = 0; n < CLIENTS; n++) this.clients.push(new Client(this, n));
  }

  protected override actOfClient(deed: Deed): void {
    const client = this.random.pick(this.clients);
    const onClient = (run: () => void): void => void this.clock.after(0, run, client.actor);
    if (deed === "say") onClient(() => client.say());
    else if (deed === "cut") client.cut();
    else if (deed === "reload") client.reload();
    else if (deed === "rejoin") onClient(() => client.rejoin());
    else if (deed === "slow") client.isSlow = !client.isSlow;
    else if (deed === "ban") this.banned[this.random.chance(0.3) ? "add" : "delete"](client.user);
  }

  protected override healClients(): void {
    this.banned.clear();
    for (const client of this.clients) client.comeBack();
  }

  protected override end(): void {
    for (const client of this.clients) client.close();
  }
}
