-- Stands before each script. KEYS: records, items, writes, index of records, order of writes, runs.
local records, items, writes, index, order, runs = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]

-- Calls visit(kind, id) for each reference in front of a record; see format.py for its form.
local function each_reference(record, visit)
  local format, a, b, c, d = string.byte(record, 1, 5)
  if format ~= 1 and format ~= 2 or not d then return end
  local last = 5 + 17 * (((a * 256 + b) * 256 + c) * 256 + d)
  if last > #record then return end
  for at = 6, last, 17 do
    visit(string.byte(record, at), string.sub(record, at + 1, at + 16))
  end
end

-- Calls visit(id) for each id in the stored form of a page.
local function each_in_page(page, visit)
  for at = 2, #page, 16 do visit(string.sub(page, at, at + 15)) end
end

-- Calls visit(id, stored) for each item that is there; some at a time, for Lua's stack is small.
local function each_item(ids, visit)
  for start = 1, #ids, 1000 do
    local some = {}
    for at = start, math.min(start + 999, #ids) do some[#some + 1] = ids[at] end
    local found = redis.call('HMGET', items, unpack(some))
    for at, id in ipairs(some) do
      if found[at] then visit(id, found[at]) end
    end
  end
end

local function keys_of_writes(field)
  return redis.call('ZRANGEBYLEX', order, '[' .. field .. '\0', '(' .. field .. '\1')
end
