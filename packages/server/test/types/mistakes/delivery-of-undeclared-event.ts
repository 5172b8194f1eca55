import { defineChannel, volatile } from "wingbeat";

defineChannel("board").pushes<{ cursor: { userId: number } }>({ cursors: volatile() });
