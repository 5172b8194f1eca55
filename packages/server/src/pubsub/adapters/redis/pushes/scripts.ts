/**
 * What runs inside Redis for numbered pushes: each script does one call of the contract on one record.
 *
 * A record is a hash: `g` its epochs (`<tag>:<epoch>`, separated by spaces, the present one last), `l` the highest number
 * that was claimed; for each number that is held `h:<n>` = `<attempt> <token>`, for each settled one whose reply is kept
 * `r:<n>` = `<length of token>:<token><reply>`, for those without one `x:<n>` = `<token>`. It expires as a whole.
 *
 * An epoch lasts as long as the record is on the same server, and this neither restarts nor is replaced: see `present` in
 * `lua.ts`. The next `open` begins another one.
 */
import { KEPT_REPLIES } from "../../../pushes/store.ts";
import { BASICS, script } from "../lua.ts";

/** How many epochs a record knows. */
const MOST_EPOCHS = 8;

/** KEYS: record. ARGV: ms to keep it, and what the call needs. What somebody else has put there is no record. */
const COMMON = `${BASICS}
local key, window = KEYS[1], ARGV[1]

local function find()
  local found = redis.pcall('HMGET', key, 'g', 'l')
  if failed(found) then return nil end
  local epochs, last = found[1], found[2]
  local isSound = epochs and #epochs <= 1000 and string.gsub(epochs .. ' ', '%x+:[%w_-]+ ', '') == ''
    and last and #last <= 16 and string.find(last, '^%d+$')
  return isSound and {epochs = epochs, last = tonumber(last)}
end

local function keep()
  redis.call('PEXPIRE', key, window)
end

-- Everything up to done, and up to last - ${KEPT_REPLIES}.
local function forget(last, done)
  local names = {}
  for _, name in ipairs(redis.call('HKEYS', key)) do
    local kind, number = string.match(name, '^([hrx]):(%d+)$')
    number = tonumber(number)
    if kind and (number <= last - ${KEPT_REPLIES} or number <= done) then names[#names + 1] = name end
  end
  if #names > 0 then redis.call('HDEL', key, unpack(names)) end
end

-- What is known of a number: attempt and token that hold it; token and reply of a settled one.
local function numberOf(n)
  local found = redis.call('HMGET', key, 'h:' .. n, 'r:' .. n, 'x:' .. n)
  local length, kept = string.match(found[2] or '', '^(%d+):(.*)$')
  if length then return {token = string.sub(kept, 1, tonumber(length)), reply = string.sub(kept, tonumber(length) + 1)} end
  if found[2] or found[3] then return {token = found[3]} end
  local attempt, token = string.match(found[1] or '', '^(%d+) (.+)$')
  return {attempt = attempt, holder = token}
end
`;

/** ARGV: window, name of an epoch that may begin, next number. Answers `line`, epoch, last. */
const OPEN = `${COMMON}
local tag, epoch, last = present(), ARGV[2], tonumber(ARGV[3]) - 1
local record = find()
if not record then
  if redis.call('EXISTS', key) == 1 then redis.call('DEL', key) end
  redis.call('HSET', key, 'g', tag .. ':' .. epoch, 'l', text(last))
  keep()
  return {'line', epoch, text(last)}
end
local lastTag, lastEpoch = string.match(record.epochs, '(%x+):([%w_-]+)$')
if lastTag == tag then
  epoch = lastEpoch
else
  local epochs = record.epochs .. ' ' .. tag .. ':' .. epoch
  local _, count = string.gsub(epochs, ':', '')
  for _ = ${MOST_EPOCHS} + 1, count do epochs = string.gsub(epochs, '^%S+ ', '') end
  redis.call('HSET', key, 'g', epochs)
end
if last > record.last then
  redis.call('HSET', key, 'l', text(last))
  forget(last, 0)
else
  last = record.last
end
keep()
return {'line', epoch, text(last)}
`;

/**
 * ARGV: window, n, epoch, acked, token, attempt, token that it is taken over from or nothing. Answers `claimed`; `settled`
 * and the reply, if it is kept; `running`, token and attempt; `order` and the next number; or `epoch`.
 */
const CLAIM = `${COMMON}
local n, epoch, acked, token, attempt, over = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6], ARGV[7]
local record = find()
if not record then return {'epoch'} end

-- Whether there was such an epoch, and whether it is the present one.
local function judge()
  local known = nil
  for tag, name in string.gmatch(record.epochs, '(%x+):([%w_-]+)') do
    if name == epoch then known = tag end
  end
  return known, known == present() and string.match(record.epochs, '[%w_-]+$') == epoch
end

local function hold(last)
  redis.call('HSET', key, 'l', text(last), 'h:' .. ARGV[2], attempt .. ' ' .. token)
  return {'claimed'}
end

local function claim()
  local isKnown, isPresent = judge()
  if not isKnown then return {'epoch'} end
  forget(record.last, math.min(acked, n - 1))
  if n <= record.last then
    local number = numberOf(ARGV[2])
    if number.reply then return {'settled', number.reply} end
    if not number.holder then return {'settled'} end
    if number.holder == token then return {'claimed'} end
    if number.holder == over then return hold(record.last) end
    return {'running', number.holder, number.attempt}
  end
  if not isPresent then return {'epoch'} end
  if n > record.last + 1 then return {'order', text(record.last + 1)} end
  local answer = hold(n)
  forget(n, 0)
  return answer
end

-- What adds something comes first: after any other change Redis would take it even when its memory is full.
local answer = claim()
keep()
return answer
`;

/** ARGV: window, n, token, `1` for a reply that is kept, reply. Answers `settled`, or `not held`. */
const SETTLE = `${COMMON}
local n, token, isKept, reply = ARGV[2], ARGV[3], ARGV[4] == '1', ARGV[5]
local record = find()
if not record then return {'not held'} end
-- After this change Redis takes the reply even when its memory is full.
keep()
local number = numberOf(n)
if number.holder == token then
  redis.call('HDEL', key, 'h:' .. n)
  if isKept then redis.call('HSET', key, 'r:' .. n, #token .. ':' .. token .. reply)
  else redis.call('HSET', key, 'x:' .. n, token) end
  return {'settled'}
end
local isRepeat = number.token == token and number.reply == (isKept and reply or nil)
return {isRepeat and 'settled' or 'not held'}
`;

export const SCRIPTS = { open: script(OPEN), claim: script(CLAIM), settle: script(SETTLE) } as const;
