-- The store's clock, in milliseconds: one for all hubs, so that none waits for another's.
local function store_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
