-- Keeps a hub's agents there, takes off those that left, and lets those that nobody speaks for fade.
-- idempotent: yes
-- include: attendance
--
-- Atomic: the refresh, the fading, the word to the hubs when somebody has come or gone.
--
-- KEYS  consoles, away
-- ARGV  now, expiry, hub, channel, how many stay, agents that stay…, agents that left…
-- gives who is there, packed
local consoles, away, now = KEYS[1], KEYS[2], ARGV[1]
-- As told before: expired ones that nobody has taken off yet are among them.
local before = present_of(consoles, away, 0)
redis.call('ZREMRANGEBYSCORE', consoles, '-inf', now)
for i = 6, #ARGV do
  local member = ARGV[3] .. ' ' .. ARGV[i]
  if i < 6 + tonumber(ARGV[5]) then
    redis.call('ZADD', consoles, ARGV[2], member)
    if tonumber(redis.call('ZSCORE', away, ARGV[i]) or 0) > tonumber(now) then
      redis.call('ZADD', away, ARGV[2], ARGV[i])
    end
  else
    redis.call('ZREM', consoles, member)
  end
end
redis.call('ZREMRANGEBYSCORE', away, '-inf', now)
local after = present_of(consoles, away, now)
if before ~= after then redis.call('SPUBLISH', ARGV[4], 'p' .. after) end
return after
