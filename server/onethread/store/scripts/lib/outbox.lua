-- The outbox of a shard: what its webhooks are to be told, in order per thread, and what they could not be told.
--
--   webhooks                    hash: type to the ids of those that want it; `all` of them; `version` (hooks.lua)
--   webhook:<id>:queue:<thread> list of records, the oldest first
--   webhook:<id>:due            zset: threads with a queue, by when the first record is to be tried; while it is
--                               being tried, by when that must have ended (outbox.lua)
--   webhook:<id>:tries          hash: thread to how often its first record has been tried in vain
--   webhook:<id>:dead           zset: `<thread> <id>` of records that were given up, by when
--   webhook:<id>:dead:<thread>  hash: id to packed {record, tries, why}
--   webhook:<id>:state          hash: when something was last told, when and why something was not
--   webhook:<id>:lease          the hub that tells
--
-- A record is `<when> <type> <number> <id>`: the event's seq or the contact's version. What is told is read from the
-- log or the contact when it is told: so a deleted text is told no more, and an erased person is gone from here too.

-- Files news, a list of {type, number, id}, with the webhooks that want them; `log` is the thread's.
local function tell(log, news)
  local prefix, thread = string.match(log, '^(.-}:)([^:]+):')
  local listeners, now = {}, nil
  for _, each in ipairs(news) do
    local kind = each[1]
    if listeners[kind] == nil then listeners[kind] = redis.call('HGET', prefix .. 'webhooks', kind) end
    if listeners[kind] then
      if not now then
        local time = redis.call('TIME')
        now = time[1] .. string.format('%03d', time[2] / 1000)
      end
      local record = now .. ' ' .. kind .. ' ' .. each[2] .. ' ' .. each[3]
      for id in string.gmatch(listeners[kind], '%S+') do
        local hook = prefix .. 'webhook:' .. id
        -- With a queue before, the thread is among those that are due already.
        if redis.call('RPUSH', hook .. ':queue:' .. thread, record) == 1 then
          redis.call('ZADD', hook .. ':due', now, thread)
        end
      end
    end
  end
end
