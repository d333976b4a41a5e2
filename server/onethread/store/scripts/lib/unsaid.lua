-- Takes out of the outbox (lib/outbox.lua) all that there is of a thread; `meta` is its.
local function leave_unsaid(meta)
  local prefix, thread = string.match(meta, '^(.-}:)([^:]+):')
  for id in string.gmatch(redis.call('HGET', prefix .. 'webhooks', 'all') or '', '%S+') do
    local key = prefix .. 'webhook:' .. id
    local dead = key .. ':dead:' .. thread
    for _, letter in ipairs(redis.call('HKEYS', dead)) do redis.call('ZREM', key .. ':dead', thread .. ' ' .. letter) end
    redis.call('DEL', key .. ':queue:' .. thread, dead)
    redis.call('ZREM', key .. ':due', thread)
    redis.call('HDEL', key .. ':tries', thread)
  end
end
