-- KEYS: events, run. ARGV: worker, first number, most events, seconds of life, milliseconds after the end,
-- 1 to leave a gap, {type, data}... Gives the last number, 'taken', 'ended', or {'behind', last number}.
local owner = redis.call('HGET', KEYS[2], 'owner')
if owner and owner ~= ARGV[1] then return 'taken' end
local first, last = tonumber(ARGV[2]), 0
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if newest then last = tonumber(string.match(newest[1], '^%d+')) end
if last < first - 1 and ARGV[6] ~= '1' then return {'behind', last} end
if last >= first then
  -- Said twice: what stands must be what is said, else somebody else wrote it.
  local at = 7 + 2 * (last - first)
  if at > #ARGV or newest[2][4] ~= ARGV[at + 1] then return 'taken' end
elseif newest and newest[2][2] == 'end' then
  return 'ended'
end
local ended = false
for at = 7, #ARGV, 2 do
  local number = first + (at - 7) / 2
  if number > last then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], string.format('%d-0', number),
      't', ARGV[at], 'd', ARGV[at + 1])
  end
  ended = ARGV[at] == 'end'
end
if not owner then redis.call('HSET', KEYS[2], 'owner', ARGV[1]) end
if ended then
  redis.call('HSET', KEYS[2], 'ended', 1)
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  redis.call('EXPIRE', KEYS[2], ARGV[4])
elseif not newest then
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  redis.call('EXPIRE', KEYS[2], ARGV[4])
end
return first + (#ARGV - 6) / 2 - 1
