-- Keeps where a contact is now, and tells the agents who have its thread open.
-- idempotent: yes
--
-- Atomic: the page and the word to the hubs.
--
-- KEYS  contact
-- ARGV  packed page, channel
-- gives 1
redis.call('HSET', KEYS[1], 'page', ARGV[1])
redis.call('SPUBLISH', ARGV[2], 'g' .. ARGV[1])
return 1
