/** Spreads topics over streams, shards and the like: FNV-1a over UTF-16 units, the same number on all nodes. */
export function topicHash(topic: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < topic.length; index++) value = Math.imul(value ^ topic.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
