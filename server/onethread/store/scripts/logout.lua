-- Ends a device's admissions to a thread, and (for a visitor's or a clean chat's) every token of it.
-- idempotent: no
-- include: admission
--
-- Atomic: the admission number, the mark on the tokens, the word to the hubs.
--
-- KEYS  meta
-- ARGV  device id ("" for the tokens only), end the tokens (1|0), channel, how long a token may live (seconds)
-- gives the admission number
if ARGV[2] == '1' then redis.call('HSET', KEYS[1], 'ended', 1) end
local number = 0
if ARGV[1] ~= '' then number = finish(KEYS[1], ARGV[3], {'device:' .. ARGV[1]}) end
if redis.call('HEXISTS', KEYS[1], 'epoch') == 0 then redis.call('EXPIRE', KEYS[1], ARGV[4]) end
return number
