/**
 * What the behaviour suite asks of a binding. Each binding has one driver, in its own tests: components written with the
 * framework and the untyped functions of the binding, which are told by a {@link ComponentSpec} what to use.
 */
import type { JoinFrom, PendingPush, Push, PushError, PushOptions, Socket, SocketOptions } from "@wingbeat/client";

/** A page: a provider, and the components below it. */
export interface PageSpec {
  /** What the provider is given. */
  readonly provider:
    | { readonly socket: Socket }
    | { readonly url: string; readonly options?: SocketOptions | undefined };
  /** Siblings, by their key: the same key is the same component after an update. */
  readonly components: Readonly<Record<string, ComponentSpec>>;
}

/**
 * What a component uses. Which of these are there never changes while it is mounted, apart from `params` and `from`.
 * Params and topic are given to the binding such that another value in an update takes effect.
 */
export interface ComponentSpec {
  /** The topic for `useChannel`; null: no topic yet. Without this field: the component does not use `useChannel`. */
  readonly topic?: string | null;
  readonly params?: object | (() => object) | undefined;
  readonly from?: JoinFrom | undefined;
  /** For `useEvent`, on the channel: an update may bring other callbacks for the same events. */
  readonly on?: Readonly<Record<string, (payload: never) => void>>;
  /** Whether it uses `usePresence`, `useRecovery`, `usePendingPushes`, `useConnection` and `useRefusal`. */
  readonly presence?: boolean;
  readonly recovery?: boolean;
  readonly pending?: boolean;
  readonly connection?: boolean;
  /** Whether it uses `useEphemeral`, for the event `typing`. */
  readonly ephemeral?: boolean;
  /**
   * The component renders `<p data-key={key}>{show(values)}</p>`, and calls this in its rendering and nowhere else, with
   * what the functions of the binding have given it.
   */
  readonly show: (values: Values) => string;
}

/** What the functions of a binding give to a component; undefined for those that it does not use. */
export interface Values {
  readonly channel?: ChannelValues;
  readonly presence?: {
    readonly list: readonly object[];
    readonly state: Readonly<Record<string, object>>;
    readonly count: number;
    readonly synced: boolean;
  };
  readonly recovery?: {
    readonly recovered: boolean | undefined;
    readonly recovering: boolean;
    readonly count: number;
    readonly reason: string | undefined;
  };
  readonly pending?: readonly PendingPush[];
  readonly connection?: string;
  readonly refusal?: { readonly reason: unknown } | null;
  readonly ephemeral?: {
    readonly values: ReadonlyMap<string | number, unknown>;
    readonly set: (value: unknown) => void;
    readonly clear: () => void;
  };
}

export interface ChannelValues {
  readonly channel: object | null;
  readonly state: string;
  readonly reply: unknown;
  readonly error: PushError | undefined;
  readonly push: (event: string, payload?: object, options?: PushOptions) => Push;
  readonly cast: (event: string, payload?: object) => boolean;
}

export interface MountedPage {
  /** Renders the page anew, as another one of the same shape; resolves when it is in the document. */
  update(page: PageSpec): Promise<void>;
  unmount(): Promise<void>;
}

export interface Driver {
  /** Renders a page; resolves when it is there. */
  mount(page: PageSpec, how: HowToMount): Promise<MountedPage>;
}

export interface HowToMount {
  /** The element of the document to render into. Tests are compiled without the types of the DOM. */
  readonly container: never;
  /**
   * Mount, unmount and mount every component again at once, as the framework's development mode may do it: React's
   * StrictMode, a hot reload elsewhere.
   */
  readonly twice: boolean;
}

/** Renders a page to HTML, as a server does it: there is no document and no WebSocket. */
export type RenderOnServer = (page: PageSpec) => Promise<string>;
