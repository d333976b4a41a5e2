-- Keeps a hub's devices of many threads online, and says in which threads more is due (online.lua).
-- idempotent: yes
--
-- Atomic: of each thread, the refresh and the look for what has faded. Nothing is added or taken off here, so
-- nobody is to be told: two calls a thread, two fifths of what online.lua costs the store, and one script for many.
--
-- KEYS  online of each thread
-- ARGV  now, then for each thread: twice the number of its devices, expiry and `<hub> <device>` of each
-- gives the places of the threads in which a device is missing or has faded
local call = redis.call
local now, place, due = ARGV[1], 2, {}
for i = 1, #KEYS do
  local last = place + ARGV[place]
  local kept = 0
  if last > place then kept = call('ZADD', KEYS[i], 'XX', 'CH', unpack(ARGV, place + 1, last)) end
  if kept * 2 < last - place or call('ZCOUNT', KEYS[i], '-inf', now) > 0 then due[#due + 1] = i end
  place = last + 1
end
return due
