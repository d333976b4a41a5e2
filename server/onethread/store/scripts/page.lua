-- Keeps where a contact is now, and tells the agents who have its thread open.
-- idempotent: yes
--
-- Atomic: the page and the word to the hubs.
--
-- KEYS  contact
-- ARGV  packed page, channel
-- gives 1; 0 for a contact that is not stored (any more)
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'page', ARGV[1])
redis.call('SPUBLISH', ARGV[2], 'g' .. ARGV[1])
return 1
