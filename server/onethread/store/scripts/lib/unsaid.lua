-- Takes out of the outbox (lib/outbox.lua) all that there is of a thread; `meta` is its.
local function leave_unsaid(meta)
  local prefix, thread = string.match(meta, '^(.-}:)([^:]+):')
  local packed = redis.call('GET', prefix .. 'webhooks')
  for _, hook in ipairs(packed and cmsgpack.unpack(packed)[2] or {}) do
    local key = prefix .. 'webhook:' .. hook[1]
    local dead = key .. ':dead:' .. thread
    for _, id in ipairs(redis.call('HKEYS', dead)) do redis.call('ZREM', key .. ':dead', thread .. ' ' .. id) end
    redis.call('DEL', key .. ':queue:' .. thread, dead)
    redis.call('ZREM', key .. ':due', thread)
    redis.call('HDEL', key .. ':tries', thread)
  end
end
