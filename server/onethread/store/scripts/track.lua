-- Keeps what a contact did, the newest 50; an unstored visitor's is live only.
-- idempotent: no
--
-- Atomic: the look whether the contact is stored, the track, and the cut to 50.
--
-- KEYS  meta, tracks
-- ARGV  packed track
-- gives 1 when kept
if redis.call('HEXISTS', KEYS[1], 'epoch') == 0 then return 0 end
redis.call('LPUSH', KEYS[2], ARGV[1])
redis.call('LTRIM', KEYS[2], 0, 49)
return 1
