-- Keeps a hub's viewers of a thread, takes off those that left, and lets those that nobody speaks for fade.
-- idempotent: yes
-- include: viewers
--
-- Atomic: the refresh, the fading, the word to the hubs when somebody has come or gone.
--
-- KEYS  meta, viewers
-- ARGV  now, expiry, hub, channel, how many stay, agents that stay…, agents that left…
-- gives the viewers, packed; "" for a thread that is not stored
if redis.call('HEXISTS', KEYS[1], 'epoch') == 0 then return '' end
local stay, left = {}, {}
for i = 6, #ARGV do
  local list = i < 6 + tonumber(ARGV[5]) and stay or left
  list[#list + 1] = ARGV[i]
end
return watch(KEYS[2], ARGV[4], ARGV[1], ARGV[2], ARGV[3], stay, left)
