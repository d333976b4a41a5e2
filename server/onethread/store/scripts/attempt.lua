-- Counts a try at an account; the count is forgotten some time after the first one.
-- idempotent: no
--
-- Atomic: the count and its end.
--
-- KEYS  tries
-- ARGV  how many may be, for how long (milliseconds)
-- gives 0, or after how many milliseconds another may be
local tries = redis.call('INCR', KEYS[1])
if tries == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if tries <= tonumber(ARGV[1]) then return 0 end
return math.max(redis.call('PTTL', KEYS[1]), 1)
