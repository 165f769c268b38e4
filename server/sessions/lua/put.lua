-- KEYS: session, its texts, the owner's order. ARGV: id, revision, body, rank or '', run id or '', run, text or ''.
local revision = redis.call('HGET', KEYS[1], 'revision') or '0'
if revision ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'revision', string.format('%d', ARGV[2] + 1))
redis.call('HSET', KEYS[1], 'body', ARGV[3])
if ARGV[4] == '' then
  redis.call('ZREM', KEYS[3], ARGV[1])
else
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'run:' .. ARGV[5], ARGV[6]) end
if ARGV[7] ~= '' then redis.call('HSET', KEYS[2], ARGV[5], ARGV[7]) end
return 1
