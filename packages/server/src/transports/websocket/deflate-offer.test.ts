import { describe, expect, it } from "vitest";
import { readDeflateOffer } from "./deflate-offer.ts";

describe("readDeflateOffer", () => {
  it.each([
    ["permessage-deflate", "permessage-deflate"],
    ["permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits"],
    ['permessage-deflate ;server_max_window_bits = "10"', "permessage-deflate; server_max_window_bits=10"],
    ["x-other; a=1, permessage-deflate", "permessage-deflate"],
    ["permessage-deflate; unknown, permessage-deflate", "permessage-deflate"],
    [",permessage-deflate,", "permessage-deflate"],
  ])("accepts %s", (header, deflate) => expect(readDeflateOffer(header)).toEqual({ deflate }));

  it.each([
    undefined,
    "",
    "x-other",
    "permessage-deflate; unknown",
    "permessage-deflate; toString",
    "permessage-deflate; server_max_window_bits",
    "permessage-deflate; server_max_window_bits=7",
    "permessage-deflate; client_max_window_bits=16",
    "permessage-deflate; client_no_context_takeover=1",
    "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
  ])("declines %s", (header) => expect(readDeflateOffer(header)).toEqual({ deflate: undefined }));

  it.each(["permessage-deflate;", ";", "per message", 'a; b="c', 'a; b="c d"', "a; b=", "a=1", "a; =1", "ä"])(
    "cannot read %s",
    (header) => expect(readDeflateOffer(header)).toBeUndefined(),
  );
});
