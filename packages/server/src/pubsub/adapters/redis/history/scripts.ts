/**
 * What runs inside Redis: each script sees a log at one moment, and changes it at once.
 *
 * A log is two keys in one slot. The hash has what must outlive the entries: `l` lineage, `g` generations
 * (`<tag>:<boundary>`, separated by spaces), `n` newest offset, `b` bytes of the list, `x` milliseconds for which the
 * hash is kept. For each idempotency key it has `i:<id>` = `<offset>:<until>`, for each producer whose batch was stored by
 * a repeat `f:<producer>` = `<seq>:<until>`, and a queue of these fields to forget the oldest: `q:<number>`, `a` its
 * first number, `z` its last.
 *
 * The list has the entries, the newest last: 6 bytes offset, 6 bytes time, and what `EntryCodec` made. An entry is found
 * from the end of the list, and whoever reads it compares the offset: what somebody else has put there is not mistaken
 * for an entry.
 *
 * The tag of a generation is the beginning of `master_replid`, which changes with each restart and failover. It is read
 * inside the script, from the server that runs it.
 */
import { BASICS, script } from "../lua.ts";
import { HEADER, NOTHING } from "./message.ts";

/** How many ids and fences a log remembers. */
const MOST_REMEMBERED = 10_000;
/** How many generations it remembers: as `position.ts` says. */
const MOST_GENERATIONS = 8;
/**
 * Milliseconds for which the seq of a repeat is remembered, to refuse its first try: that one can only arrive while the
 * connection over which it was sent is not known to be closed.
 */
const FENCE_TTL = 3_600_000;

const COMMON = `${BASICS}
-- A whole number that fits into 6 bytes, or nothing.
local function whole(text)
  return text and #text <= 14 and string.find(text, '^%d+$') and tonumber(text)
end

-- The log of a topic; nothing when there is none, or when the hash is not what these scripts write.
local function find(meta)
  local found = redis.pcall('HMGET', meta, 'l', 'g', 'n', 'b')
  if failed(found) then return nil, true end
  local lineage, chain, top, bytes = found[1], found[2], whole(found[3]), whole(found[4])
  if not (lineage or chain or found[3]) then return nil, redis.call('EXISTS', meta) == 1 end
  local isSound = lineage and string.find(lineage, '^[%w_-]+$') and #lineage <= 40 and top and bytes
    and chain and #chain <= 400 and string.gsub(chain .. ' ', '%x+:%d+ ', '') == ''
  if not isSound then return nil, true end
  return {lineage = lineage, chain = chain, top = top, bytes = bytes}
end

-- Writes down the generation, if it is a new one. Gives the error when Redis refuses to write.
local function continue(meta, log, tag)
  if string.match(log.chain, '(%x+):%d+$') == tag then return end
  log.chain = log.chain .. ' ' .. tag .. ':' .. text(log.top)
  local _, count = string.gsub(log.chain, ':', '')
  for _ = ${MOST_GENERATIONS} + 1, count do log.chain = string.gsub(log.chain, '^%S+ ', '') end
  return failed(redis.pcall('HSET', meta, 'g', log.chain))
end

-- The log of a topic, which begins now if there is none. What is left of another one is removed.
local function open(meta, list, tag, lineage, keep)
  local log, isBroken = find(meta)
  if log then return log, continue(meta, log, tag) end
  if isBroken then redis.call('DEL', meta) end
  log = {lineage = lineage, chain = tag .. ':0', top = 0, bytes = 0}
  local problem = failed(redis.pcall('HSET', meta, 'l', lineage, 'g', log.chain, 'n', 0, 'b', 0, 'x', keep))
  if problem then return log, problem end
  redis.call('DEL', list)
  redis.call('PEXPIRE', meta, keep)
  return log
end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function timeOf(element)
  if #element < 12 then return -1 end
  return (struct.unpack('>I6', element, 7))
end

-- Drops the oldest entries; gives how many are left.
local function trim(list, log, size, maxBytes, since)
  local length = redis.pcall('LLEN', list)
  if failed(length) then
    redis.call('DEL', list)
    length = 0
  end
  while length > 0 do
    local first = redis.call('LINDEX', list, 0)
    local isKept = length <= math.min(size, log.top) and log.bytes <= maxBytes and timeOf(first) >= since
    if isKept then return length end
    redis.call('LPOP', list)
    log.bytes = math.max(0, log.bytes - #first)
    length = length - 1
  end
  log.bytes = 0
  return 0
end
`;

/**
 * KEYS: hash, list. ARGV: lineage of a new log, ms to keep the hash, ttl, size, maxBytes, ms to keep ids, command
 * that publishes, channel, beginning of the message, lineage, tag and offset known, `1` for a repeat, producer, last
 * seq, then id and bytes of each entry.
 *
 * Answers `stored`, head, time, offsets, error of publishing; or `unknown`; or `refused` and why: nothing is stored then.
 */
const APPEND = `${COMMON}
local FIRST = 16
local meta, list, keep, ttl = KEYS[1], KEYS[2], ARGV[2], tonumber(ARGV[3])
local at = now()
local count = (#ARGV - FIRST + 1) / 2
local producer, lastSeq, isRepeat = ARGV[14], tonumber(ARGV[15]), ARGV[13] == '1'

local function idOf(index) return ARGV[FIRST + 2 * (index - 1)] end
local function entryOf(index) return ARGV[FIRST + 2 * (index - 1) + 1] end

local log, problem = open(meta, list, present(), ARGV[1], keep)
if problem then return {'refused', problem} end

-- The number that is remembered in a field, unless its time is over.
local function recall(field)
  local number, till = string.match(redis.call('HGET', meta, field) or '', '^(%d+):(%d+)$')
  if number and tonumber(till) > at then return tonumber(number) end
end

local function remember(field, number, ms)
  local last = redis.pcall('HINCRBY', meta, 'z', 1)
  if failed(last) then return redis.call('HDEL', meta, 'a', 'z') end
  redis.call('HSET', meta, field, text(number) .. ':' .. text(at + ms), 'q:' .. last, field)
  local first = whole(redis.call('HGET', meta, 'a')) or 1
  for _ = 1, 2 do
    local oldest = first < last and redis.call('HGET', meta, 'q:' .. first)
    if not oldest then break end
    if recall(oldest) and last - first < ${MOST_REMEMBERED} then break end
    redis.call('HDEL', meta, 'q:' .. first, oldest)
    first = first + 1
  end
  redis.call('HSET', meta, 'a', first)
end

-- Whether all entries after the known position are there, and up to where they must be looked at.
local function proof(length)
  local known = tonumber(ARGV[12])
  if not known or ARGV[10] ~= log.lineage or known > log.top or log.top - length > known then return false end
  local limit
  for tag, boundary in string.gmatch(log.chain, '(%x+):(%d+)') do
    if limit then limit = math.min(limit, tonumber(boundary)) elseif tag == ARGV[11] then limit = math.huge end
  end
  return limit and known <= limit
end

-- The offsets of a repeated batch that is stored; nothing when it is not, and whether that is certain.
local function search()
  local length = redis.pcall('LLEN', list)
  if failed(length) or length == 0 then return nil, not failed(length) and proof(0) end
  local isProved = proof(length)
  local since = isProved and tonumber(ARGV[12]) or math.max(0, log.top - length)
  local stored = {}
  local elements = since < log.top and redis.call('LRANGE', list, since - log.top, -1) or {}
  for index, element in ipairs(elements) do
    local offset = log.top - #elements + index
    if #element > 12 and struct.unpack('>I6', element) == offset then
      stored[string.sub(element, 13)] = offset
    else
      isProved = false
    end
  end
  local offsets, first = {}, nil
  for index = 1, count do
    offsets[index] = stored[entryOf(index)]
    if not first and offsets[index] then first = index end
  end
  if not first then return nil, isProved end
  -- Those before it may be trimmed, others were not stored because of their id.
  local before = offsets[first]
  for index = first - 1, 1, -1 do
    local ofId = idOf(index) ~= '' and recall('i:' .. idOf(index))
    if idOf(index) ~= '' and not ofId then return nil, false end
    if not ofId or ofId == before - 1 then before = before - 1 end
    offsets[index] = ofId or before
  end
  for index = first + 1, count do
    offsets[index] = offsets[index] or idOf(index) ~= '' and recall('i:' .. idOf(index))
    if not offsets[index] then return nil, false end
  end
  return offsets
end

-- Whether it is heard by nobody, and why.
local function publish(message)
  return failed(redis.pcall(ARGV[7], ARGV[8], message)) or ''
end

-- The number of a message without entries must be heard, too: else it seems to be lost.
local function publishNothing()
  return publish(string.char(${NOTHING}) .. string.sub(ARGV[9], 2, ${HEADER}))
end

local function answer(offsets, unheard)
  for index, offset in ipairs(offsets) do offsets[index] = text(offset) end
  return {'stored', log.lineage, log.chain, text(log.top), text(at), table.concat(offsets, ' '), unheard}
end

-- What is to be stored, and the offsets of all. Some may have an id that is known.
local offsets, elements, ids = {}, {}, {}
local top = log.top
for index = 1, count do
  local id = idOf(index)
  local offset = id ~= '' and (ids[id] or recall('i:' .. id))
  if not offset then
    top = top + 1
    offset = top
    elements[#elements + 1] = struct.pack('>I6I6', offset, at) .. entryOf(index)
    if id ~= '' then ids[id] = offset end
  end
  offsets[index] = offset
end

-- A first try that comes after its repeat.
local fence = not isRepeat and redis.call('HGET', meta, 'f:' .. producer)
local isLate = fence and lastSeq <= (tonumber(string.match(fence, '^%d+')) or 0)
if isRepeat or isLate then
  local found, isCertain = search()
  if found then return answer(found, publishNothing()) end
  if isLate or not isCertain and #elements > 0 then return {'unknown', publishNothing()} end
end
if #elements == 0 then return answer(offsets, publishNothing()) end

local CHUNK = 1000
for first = 1, #elements, CHUNK do
  local last = math.min(first + CHUNK - 1, #elements)
  local problem = failed(redis.pcall('RPUSH', list, unpack(elements, first, last)))
  if problem and string.find(problem, 'WRONGTYPE') then
    redis.call('DEL', list)
    problem = failed(redis.pcall('RPUSH', list, unpack(elements, first, last)))
  end
  if problem and first == 1 then return {'refused', problem} end
end
for _, element in ipairs(elements) do log.bytes = log.bytes + #element end
local from = log.top + 1
log.top = top
trim(list, log, tonumber(ARGV[4]), tonumber(ARGV[5]), at - ttl)
redis.call('HSET', meta, 'n', text(top), 'b', text(log.bytes), 'x', keep)
for id, offset in pairs(ids) do remember('i:' .. id, offset, tonumber(ARGV[6])) end
if isRepeat then remember('f:' .. producer, lastSeq, ${FENCE_TTL}) end
redis.call('PEXPIRE', meta, keep)
redis.call('PEXPIRE', list, ARGV[3])

local tag = string.match(log.chain, '(%x+):%d+$')
local message = {ARGV[9], struct.pack('>I6I6BB', from, at, #log.lineage, #tag), log.lineage, tag}
for _, element in ipairs(elements) do
  message[#message + 1] = struct.pack('>I4', #element - 12)
  message[#message + 1] = string.sub(element, 13)
end
return answer(offsets, publish(table.concat(message)))
`;

/**
 * KEYS: hash, list. ARGV: lineage of a new log, ms to keep the hash, ttl, size, maxBytes, offset after which to read
 * or nothing, limit. Answers `read`, head, offset of the oldest entry, of the first that follows, and the entries; or
 * `refused` and why.
 */
const READ = `${COMMON}
local meta, list = KEYS[1], KEYS[2]
local log, problem = open(meta, list, present(), ARGV[1], ARGV[2])
if problem then return {'refused', problem} end
local bytes = log.bytes
local length = trim(list, log, tonumber(ARGV[4]), tonumber(ARGV[5]), now() - tonumber(ARGV[3]))
if log.bytes ~= bytes then redis.call('HSET', meta, 'b', text(log.bytes)) end
local limit, after = tonumber(ARGV[7]), tonumber(ARGV[6])
local oldest = log.top - length + 1
local from = math.max(oldest, 1, after and after + 1 or log.top - limit + 1)
local to = math.min(log.top, from + limit - 1)
local elements = from <= to and redis.call('LRANGE', list, from - log.top - 1, to - log.top - 1) or {}
return {'read', log.lineage, log.chain, text(log.top), text(oldest), text(from), elements}
`;

/**
 * KEYS: hashes. Answers `heads`, then the parts of each head, empty for those without a log. A hash of which
 * half of the time is over is kept for all of it.
 */
const HEADS = `${COMMON}
local tag = present()
local heads = {'heads'}
for _, meta in ipairs(KEYS) do
  local log = find(meta)
  local problem = log and continue(meta, log, tag)
  if problem then return {'refused', problem} end
  if log then
    local keep = whole(redis.call('HGET', meta, 'x'))
    if keep and redis.call('PTTL', meta) < keep / 2 then redis.call('PEXPIRE', meta, keep) end
  end
  for _, part in ipairs(log and {log.lineage, log.chain, text(log.top)} or {'', '', ''}) do heads[#heads + 1] = part end
end
return heads
`;

/** KEYS: hash, list. ARGV: command that publishes, channel, message. Answers `cleared`, or `refused` and why. */
const CLEAR = `
local problem = redis.pcall('DEL', KEYS[1], KEYS[2])
if type(problem) == 'table' and problem.err then return {'refused', problem.err} end
redis.pcall(ARGV[1], ARGV[2], ARGV[3])
return {'cleared'}
`;

/**
 * KEYS: the canary of a stream. ARGV: a new canary, ms to keep it, command that publishes, channel, message. Answers
 * `alive`, tag (empty when Redis forbids INFO in scripts), canary and error of publishing; or `refused` and why.
 */
const BEAT = `
local info = redis.pcall('INFO', 'replication')
local tag = type(info) == 'string' and string.match(info, 'master_replid:(%x+)') or ''
local canary = redis.pcall('GET', KEYS[1])
if type(canary) ~= 'string' then canary = ARGV[1] end
local problem = redis.pcall('SET', KEYS[1], canary, 'PX', ARGV[2])
if problem.err then return {'refused', problem.err} end
local heard = redis.pcall(ARGV[3], ARGV[4], ARGV[5])
return {'alive', string.sub(tag, 1, 12), canary, type(heard) == 'table' and heard.err or ''}
`;

export const SCRIPTS = {
  append: script(APPEND),
  read: script(READ),
  heads: script(HEADS),
  clear: script(CLEAR),
  beat: script(BEAT),
} as const;
