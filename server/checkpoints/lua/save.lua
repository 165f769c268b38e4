-- ARGV: field, record, guard, 1 with expect, expect, low, high, run or '', number of items, {id, stored}...,
-- {key, value, overwrite}...
local field, record, guard = ARGV[1], ARGV[2], ARGV[3]
if guard ~= '' and redis.call('HEXISTS', records, guard) == 0 then return 'gone' end
if ARGV[4] == '1' then
  local head = redis.call('ZREVRANGEBYLEX', index, '(' .. ARGV[7], '[' .. ARGV[6], 'LIMIT', 0, 1)[1]
  if head and head ~= ARGV[5] and head ~= field then return 'moved' end
end
local at = 10
for _ = 1, tonumber(ARGV[9]) do
  redis.call('HSETNX', items, ARGV[at], ARGV[at + 1])
  at = at + 2
end
if record ~= '' then
  redis.call('HSET', records, field, record)
  redis.call('ZADD', index, 0, field)
  if ARGV[8] ~= '' then redis.call('SADD', runs, ARGV[8]) end
end
while at < #ARGV do
  redis.call(ARGV[at + 2] == '1' and 'HSET' or 'HSETNX', writes, ARGV[at], ARGV[at + 1])
  redis.call('ZADD', order, 0, ARGV[at])
  at = at + 3
end
return 'saved'
