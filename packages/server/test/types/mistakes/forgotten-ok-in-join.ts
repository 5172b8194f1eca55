import { defineChannel } from "wingbeat";

defineChannel("lobby").join(() => true);
