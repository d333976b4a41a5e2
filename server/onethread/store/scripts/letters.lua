-- Lists what was given up of a webhook, newest first, before a time.
-- idempotent: yes
--
-- Atomic: all of it is of one moment.
--
-- KEYS  what the webhook's keys begin with (lib/outbox.lua)
-- ARGV  before when ('+inf' for the newest), how many
-- gives {{thread, when, packed {record, tries, why}}…}
local dead, found = KEYS[1] .. ':dead', {}
local listed = redis.call('ZRANGE', dead, '(' .. ARGV[1], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
for i = 1, #listed, 2 do
  local thread, id = string.match(listed[i], '^(%S+) (%S+)$')
  found[#found + 1] = {thread, tonumber(listed[i + 1]), redis.call('HGET', dead .. ':' .. thread, id)}
end
return found
