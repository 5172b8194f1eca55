import { conflate, defineChannel } from "wingbeat";

defineChannel("board").pushes<{ cursor: { userId: number } }>({ cursor: conflate((cursor) => cursor.user) });
