-- The newest elements of a log, newest first: at most so many, and bytes (but one at least); its head and the
-- head's id with them. The log's own functions must be included before.
local function newest(log, wanted, bytes)
  local head = redis.call('LLEN', log)
  local last = head > 0 and redis.call('LINDEX', log, -1)
  local events, size, high = {}, 0, head
  while high > 0 and wanted > 0 do
    local low = math.max(high - math.min(wanted, 16) + 1, 1)
    local chunk = redis.call('LRANGE', log, low - 1, high - 1)
    for i = #chunk, 1, -1 do
      if size > 0 and size + #chunk[i] > bytes then wanted = 0 break end
      events[#events + 1] = chunk[i]
      size = size + #chunk[i]
    end
    wanted, high = wanted - #chunk, low - 1
  end
  return head, last and id_of(last) or '', events
end
