-- Drops what the outbox holds for a webhook that was removed, some at a time.
-- idempotent: yes
--
-- Atomic: what goes at a time.
--
-- KEYS  what the webhook's keys begin with (lib/outbox.lua)
-- ARGV  how many threads
-- gives how many may be left (0: it is all gone)
local hook, most = KEYS[1], ARGV[1]
local call = redis.call
for _, thread in ipairs(call('ZRANGE', hook .. ':due', 0, most - 1)) do
  call('DEL', hook .. ':queue:' .. thread)
  call('ZREM', hook .. ':due', thread)
end
for _, member in ipairs(call('ZRANGE', hook .. ':dead', 0, most - 1)) do
  call('DEL', hook .. ':dead:' .. string.match(member, '^(%S+) '))
  call('ZREM', hook .. ':dead', member)
end
call('UNLINK', hook .. ':tries', hook .. ':state', hook .. ':lease')
return call('ZCARD', hook .. ':due') + call('ZCARD', hook .. ':dead')
