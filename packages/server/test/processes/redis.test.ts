import { redisAvailability, redisEngine } from "../pubsub/engines.ts";
import { describeProcesses } from "./scenarios.ts";

describeProcesses("Redis", redisAvailability, redisEngine);
