import { postgresAvailability, postgresEngine } from "../pubsub/engines.ts";
import { describeProcesses } from "./scenarios.ts";

describeProcesses("PostgreSQL", postgresAvailability, postgresEngine);
