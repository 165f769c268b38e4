-- KEYS: texts of sessions. ARGV: words in lower case. Gives for each session a text that holds them, or ''.
local found = {}
for at, key in ipairs(KEYS) do
  found[at] = ''
  for _, text in ipairs(redis.call('HVALS', key)) do
    if string.find(string.lower(text), ARGV[1], 1, true) then
      found[at] = text
      break
    end
  end
end
return found
