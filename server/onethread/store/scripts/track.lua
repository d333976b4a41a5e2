-- Keeps what a contact did, the newest 50, and tells the agents who have its thread open; an unstored visitor's
-- is not kept, and nobody can have that thread open.
-- idempotent: no
--
-- Atomic: the look whether the contact is stored, the track, the cut to 50, the word to the hubs.
--
-- KEYS  meta, tracks
-- ARGV  packed track, channel
-- gives 1 when kept
if redis.call('HEXISTS', KEYS[1], 'epoch') == 0 then return 0 end
redis.call('LPUSH', KEYS[2], ARGV[1])
redis.call('LTRIM', KEYS[2], 0, 49)
redis.call('SPUBLISH', ARGV[2], 'k' .. ARGV[1])
return 1
