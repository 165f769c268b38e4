-- KEYS: queue of a session. ARGV: run, 1 to wait behind others, most that wait, seconds of life.
-- Gives {'in', those ahead...}, {'busy', the one that runs} or {'full'}.
local queue = redis.call('LRANGE', KEYS[1], 0, -1)
local answer = {'in'}
for _, run in ipairs(queue) do
  if run == ARGV[1] then return answer end
  answer[#answer + 1] = run
end
if #queue > 0 and ARGV[2] ~= '1' then return {'busy', queue[1]} end
if #queue > tonumber(ARGV[3]) then return {'full'} end
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return answer
