-- ARGV: low, high, limit, 1 with items, held field. Gives entries {field, record, {key, value...}} and {id, stored...}.
local entries, ids, pages, seen, out = {}, {}, {}, {}, {}

if ARGV[4] == '1' and ARGV[5] ~= '' then
  local held = redis.call('HGET', records, ARGV[5])
  if held then each_reference(held, function(_, id) seen[id] = true end) end
end

local function want(kind, id)
  if not seen[id] then
    seen[id] = true
    ids[#ids + 1] = id
    if kind ~= 0 then pages[id] = true end
  end
end

for _, field in ipairs(redis.call('ZREVRANGEBYLEX', index, '(' .. ARGV[2], '[' .. ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local record, pending = redis.call('HGET', records, field), {}
  each_reference(record, want)
  for _, key in ipairs(keys_of_writes(field)) do
    local value = redis.call('HGET', writes, key)
    pending[#pending + 1] = key
    pending[#pending + 1] = value
    each_reference(value, want)
  end
  entries[#entries + 1] = {field, record, pending}
end

if ARGV[4] == '1' then
  local listed = {}
  local function give(id, stored)
    out[#out + 1] = id
    out[#out + 1] = stored
    if pages[id] then
      each_in_page(stored, function(inner)
        if not seen[inner] then
          seen[inner] = true
          listed[#listed + 1] = inner
        end
      end)
    end
  end
  each_item(ids, give)
  each_item(listed, give)
end
return {entries, out}
