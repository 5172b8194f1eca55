/** The official clients over long polling with XMLHttpRequest, what browsers use. */
import { vi } from "vitest";
import { BrowserXhr } from "./browser-xhr.ts";
import { xhrClients } from "./phoenix-clients.ts";
import { officialSuite } from "./official-suite.ts";

vi.stubGlobal("XMLHttpRequest", BrowserXhr);
vi.stubGlobal("window", { XMLHttpRequest: BrowserXhr });

officialSuite(xhrClients);
officialSuite(xhrClients, true);
