-- KEYS: the owner's order. ARGV: limit, rank or '', id. Gives {id, rank}... that stand after that position.
local highest = ARGV[2] == '' and '+inf' or ARGV[2]
local found, start, limit = {}, 0, tonumber(ARGV[1])
while #found < 2 * limit do
  local some = redis.call('ZREVRANGEBYSCORE', KEYS[1], highest, '-inf', 'WITHSCORES', 'LIMIT', start, 100)
  for at = 1, #some, 2 do
    local rank = string.format('%.0f', some[at + 1])
    if #found < 2 * limit and (rank ~= ARGV[2] or some[at] < ARGV[3]) then
      found[#found + 1] = some[at]
      found[#found + 1] = rank
    end
  end
  if #some < 200 then break end
  start = start + 100
end
return found
