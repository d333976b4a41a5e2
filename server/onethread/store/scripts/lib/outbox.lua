-- The outbox of a shard: what its webhooks are to be told, in order per thread, and what they could not be told.
--
--   webhooks                    packed {version, {{id, {type = true…}}…}}: those there are (hooks.lua)
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
  local packed = redis.call('GET', prefix .. 'webhooks')
  local hooks = packed and cmsgpack.unpack(packed)[2] or {}
  if #hooks == 0 then return end
  local time = redis.call('TIME')
  local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
  for _, hook in ipairs(hooks) do
    local key, records = prefix .. 'webhook:' .. hook[1], {}
    for _, each in ipairs(news) do
      if hook[2][each[1]] then
        records[#records + 1] = string.format('%s %s %d %s', now, each[1], each[2], each[3])
      end
    end
    if #records > 0 then
      redis.call('RPUSH', key .. ':queue:' .. thread, unpack(records))
      redis.call('ZADD', key .. ':due', 'NX', now, thread)
    end
  end
end
