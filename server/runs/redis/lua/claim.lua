-- KEYS: run. ARGV: the worker that is gone, the one that takes its place. Gives 1 to exactly one of those who try.
if redis.call('HGET', KEYS[1], 'owner') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'owner', ARGV[2])
return 1
