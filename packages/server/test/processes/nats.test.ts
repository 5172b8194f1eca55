import { natsAvailability, natsEngine } from "../pubsub/engines.ts";
import { describeProcesses } from "./scenarios.ts";

describeProcesses("NATS", natsAvailability, natsEngine);
