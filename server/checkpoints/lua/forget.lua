-- ARGV: fields. Drops their records and writes, then every item that nothing refers to.
for _, field in ipairs(ARGV) do
  redis.call('HDEL', records, field)
  redis.call('ZREM', index, field)
  for _, key in ipairs(keys_of_writes(field)) do
    redis.call('HDEL', writes, key)
    redis.call('ZREM', order, key)
  end
end

local used, pages = {}, {}
local function use(kind, id)
  if kind ~= 0 and not used[id] then pages[#pages + 1] = id end
  used[id] = true
end
for _, name in ipairs({records, writes}) do
  for _, value in ipairs(redis.call('HVALS', name)) do each_reference(value, use) end
end
each_item(pages, function(_, page) each_in_page(page, function(id) used[id] = true end) end)
for _, id in ipairs(redis.call('HKEYS', items)) do
  if not used[id] then redis.call('HDEL', items, id) end
end
return 'forgotten'
