-- Which agents are there: a sorted set of consoles, `<hub> <agent>` by expiry, and one of the agents that are
-- away, by expiry too: who comes back within that time is still away, and is online after it.
local function present_of(consoles, away, now)
  local seen, list = {}, {}
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', consoles, '(' .. now, '+inf')) do
    local agent = string.sub(member, string.find(member, ' ', 1, true) + 1)
    if not seen[agent] then
      seen[agent] = true
      local until_ = tonumber(redis.call('ZSCORE', away, agent) or 0)
      list[#list + 1] = {agent, until_ > tonumber(now) and 'away' or 'online'}
    end
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return cmsgpack.pack(list)
end
