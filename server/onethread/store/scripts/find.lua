-- Finds contacts of a shard, newest first: all, or those filed under a term that begins so.
-- idempotent: yes
-- include: search
--
-- Atomic: what is found is of one moment. At most `blocks` are looked through, so that nothing else waits long.
--
-- KEYS  contacts
-- ARGV  order below which to begin ("" for the newest), how many, blocks, beginnings of terms…
-- gives {order below which to go on ("" when there are no more), id, order, id, order…}
local contacts, limit, blocks = KEYS[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local before = ARGV[1] ~= '' and tonumber(ARGV[1]) or math.huge
local below = ARGV[1] ~= '' and '(' .. ARGV[1] or '+inf'
local reply = {''}

local function give(order)
  local score = text_of_order(order)
  local id = redis.call('ZRANGE', contacts, score, score, 'BYSCORE')[1]
  if not id then return end -- of a contact that was listed by somebody who knew other terms
  reply[#reply + 1] = id
  reply[#reply + 1] = order
  if #reply > 2 * limit then reply[1] = score end
end

local function is_full() return #reply > 2 * limit end

local function find_all()
  local found = redis.call('ZRANGE', contacts, below, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, limit, 'WITHSCORES')
  for i = 1, #found, 2 do
    reply[#reply + 1] = found[i]
    reply[#reply + 1] = tonumber(found[i + 1])
  end
  if is_full() then reply[1] = text_of_order(reply[#reply]) end
end

-- Those of one whole term are in their order, so no more are read than are given.
local function newest_of(key, least)
  local most = before == math.huge and '(' .. least .. '\255' or '(' .. least .. tail_of(before)
  return redis.call('ZRANGE', key, most, '[' .. least, 'BYLEX', 'REV', 'LIMIT', 0, limit)
end

local function find_email(term)
  local members = newest_of(kept_at(contacts, '', term, ''))
  for _, member in ipairs(members) do give(order_of(member)) end
  if #members == limit then reply[1] = text_of_order(order_of(members[limit])) end
end

local function orders_in(block)
  local orders, known = {}, {}
  if is_whole(ARGV[4]) then
    for i, member in ipairs(newest_of(block, ARGV[4])) do orders[i] = order_of(member) end
    return orders
  end
  for i = 4, #ARGV do
    for _, member in ipairs(redis.call('ZRANGE', block, '[' .. ARGV[i], '(' .. ARGV[i] .. '\255', 'BYLEX')) do
      local order = order_of(member)
      if order < before and not known[order] then
        known[order] = true
        orders[#orders + 1] = order
      end
    end
  end
  table.sort(orders, function(a, b) return a > b end)
  return orders
end

local function find_in_blocks()
  local firsts = redis.call('ZRANGE', contacts .. ':blocks', below, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, blocks)
  for _, first in ipairs(firsts) do
    local orders = orders_in(contacts .. ':find:' .. first)
    for _, order in ipairs(orders) do
      give(order)
      if is_full() then return end
    end
    if is_whole(ARGV[4]) and #orders == limit then
      reply[1] = text_of_order(orders[limit]) -- not all of them were somebody's, and there may be more
      return
    end
  end
  if #firsts == blocks then reply[1] = firsts[#firsts] end
end

if #ARGV == 3 then
  find_all()
elseif string.sub(ARGV[4], 1, 1) == 'e' then
  find_email(ARGV[4])
else
  find_in_blocks()
end
return reply
