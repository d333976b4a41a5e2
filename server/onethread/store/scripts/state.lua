-- Notes whether an agent is online or away.
-- idempotent: yes
-- include: attendance
--
-- Atomic: the state and the word to the hubs.
--
-- KEYS  consoles, away
-- ARGV  now, expiry, agent, state, channel
-- gives who is there, packed
if ARGV[4] == 'away' then
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
else
  redis.call('ZREM', KEYS[2], ARGV[3])
end
local after = present_of(KEYS[1], KEYS[2], ARGV[1])
redis.call('SPUBLISH', ARGV[5], 'p' .. after)
return after
