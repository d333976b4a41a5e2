-- Has what waits to be told again to a webhook tried now.
-- idempotent: yes
-- include: time
--
-- Atomic: all of those that are found.
--
-- KEYS  what the webhook's keys begin with (lib/outbox.lua)
-- ARGV  milliseconds: what is due later than after these was tried in vain, and is not being tried; how many at most
-- gives how many
local due, now = KEYS[1] .. ':due', store_ms()
local later = redis.call('ZRANGE', due, '(' .. string.format('%.0f', now + ARGV[1]), '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2])
for _, thread in ipairs(later) do redis.call('ZADD', due, now, thread) end
return #later
