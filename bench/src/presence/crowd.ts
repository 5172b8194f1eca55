import type { Receiver } from "../load/connection.ts";
import type { Protocol } from "../load/protocol.ts";
import type { News, ReadNews } from "./news.ts";

const DECODE_EVERY = 512;
const ONE_MORE: News = { kind: "joins", people: 1 };

/** Counts which users know of which. Throws when a user is told of too many. */
export class Crowd {
  /** Frames that told of a user who came, or how many there are. */
  frames = 0;
  /** Bytes of the longest state. */
  stateBytes = 0;
  /** Resolves when every user knows of all others. */
  readonly isComplete: Promise<void>;
  readonly #users: number;
  readonly #protocol: Protocol;
  readonly #readNews: ReadNews;
  #complete: () => void = () => {};
  /** Those who know of everybody. */
  #knowing = 0;
  /** The length of a frame that tells of one user who came: the same for all users. */
  #joinLength = 0;

  constructor(users: number, protocol: Protocol, readNews: ReadNews) {
    this.#users = users;
    this.#protocol = protocol;
    this.#readNews = readNews;
    this.isComplete = new Promise((resolve) => (this.#complete = resolve));
  }

  /** Takes the frames of one user. */
  newcomer(): Receiver {
    let known: number | undefined;
    const knows = (people: number): void => {
      this.#moved(known, people);
      known = people;
    };
    return {
      text: (connection, bytes, start, end) => {
        // To be lighter than any server, only one in 512 of the many frames that are alike is decoded.
        const isJoin = end - start === this.#joinLength && this.frames % DECODE_EVERY !== 0;
        const news = isJoin ? ONE_MORE : this.#decode(bytes.toString("latin1", start, end));
        if (news === undefined) return connection.send(this.#protocol.control(bytes.toString("latin1", start, end)));
        if (news.kind !== "state") this.frames += 1;
        if (news.kind !== "joins") knows(news.people);
        // Who came before the own state is in it.
        else if (known !== undefined) knows(known + news.people);
      },
    };
  }

  #decode(frame: string): News | undefined {
    const news = this.#readNews(frame);
    if (news?.kind === "joins" && news.people === 1) this.#joinLength = frame.length;
    if (news?.kind === "state") this.stateBytes = Math.max(this.stateBytes, frame.length);
    return news;
  }

  /** Somebody knew of so many users, and now knows of so many. */
  #moved(before: number | undefined, now: number): void {
    if (now > this.#users) throw new Error(`a user knows of ${now} users, there are ${this.#users}`);
    if (before === this.#users) this.#knowing -= 1;
    if (now === this.#users) this.#knowing += 1;
    if (this.#knowing === this.#users) this.#complete();
  }
}
