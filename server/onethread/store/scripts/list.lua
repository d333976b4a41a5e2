-- Lists a view of the inbox, newest first, below a place: pages don't shift when rows move up meanwhile.
-- idempotent: yes
-- include: element
-- include: log
-- include: inbox
-- include: rows
--
-- Atomic: all rows are of one moment.
--
-- KEYS  inbox
-- ARGV  prefix of the shard, now, view, agent whose view it is, active at and thread of the place ('+inf' and ''
--       for the beginning), how many
-- gives rows (lib/rows.lua)
local inbox, prefix, now, view, agent = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local at, thread, limit = ARGV[5], ARGV[6], tonumber(ARGV[7])

local places = {}
if view == 'mine' then
  places = {'mine:' .. agent}
elseif view == 'unassigned' or view == 'closed' then
  places = {view}
else
  places = {'unassigned'}
  for _, assignee in ipairs(redis.call('SMEMBERS', inbox .. ':assignees')) do
    places[#places + 1] = 'mine:' .. assignee
  end
  if view == 'all' then places[#places + 1] = 'closed' end
end

-- By bytes, as the store sorts: Lua's own comparison goes by the locale.
local function precedes(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

local found = {}
for _, place in ipairs(places) do
  local key, offset, more = inbox .. ':' .. place, 0, limit
  while more > 0 do
    local chunk = redis.call('ZREVRANGEBYSCORE', key, at, '-inf', 'WITHSCORES', 'LIMIT', offset, limit)
    for i = 1, #chunk, 2 do
      if thread == '' or chunk[i + 1] ~= at or precedes(chunk[i], thread) then
        found[#found + 1] = {chunk[i], tonumber(chunk[i + 1])}
        more = more - 1
      end
    end
    if #chunk < 2 * limit then break end
    offset = offset + limit
  end
end
table.sort(found, function(a, b)
  if a[2] ~= b[2] then return a[2] > b[2] end
  return precedes(b[1], a[1])
end)
local rows = {}
for i = 1, math.min(limit, #found) do rows[i] = row_of(inbox, prefix, found[i][1], now) end
return rows
