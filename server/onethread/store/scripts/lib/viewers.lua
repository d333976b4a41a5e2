-- The agents who have a thread open: a sorted set, `<hub> <agent>` by expiry, so that a killed hub's fade.
-- A packed list of their ids.
local function viewers_of(viewers, now)
  local seen, list = {}, {}
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', viewers, '(' .. now, '+inf')) do
    local agent = string.sub(member, string.find(member, ' ', 1, true) + 1)
    if not seen[agent] then
      seen[agent] = true
      list[#list + 1] = agent
    end
  end
  table.sort(list)
  return cmsgpack.pack(list)
end

-- Keeps some, takes off others, lets expired ones fade, and tells the hubs if it is another list now.
local function watch(viewers, channel, now, expiry, hub, stay, left)
  local before = viewers_of(viewers, 0)
  redis.call('ZREMRANGEBYSCORE', viewers, '-inf', now)
  for _, agent in ipairs(stay) do redis.call('ZADD', viewers, expiry, hub .. ' ' .. agent) end
  for _, agent in ipairs(left) do redis.call('ZREM', viewers, hub .. ' ' .. agent) end
  local after = viewers_of(viewers, now)
  if before ~= after then redis.call('SPUBLISH', channel, 'v' .. after) end
  return after
end
