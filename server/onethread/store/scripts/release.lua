-- Gives a webhook's lease back, so that another hub need not wait for its end.
-- idempotent: yes
--
-- Atomic: the look whether it is this hub's.
--
-- KEYS  what the webhook's keys begin with (lib/outbox.lua)
-- ARGV  hub
-- gives 1, or 0 if another has it
local lease = KEYS[1] .. ':lease'
if redis.call('GET', lease) ~= ARGV[1] then return 0 end
return redis.call('DEL', lease)
