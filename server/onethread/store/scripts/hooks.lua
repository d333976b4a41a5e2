-- Notes in a shard which webhooks there are and what each wants to hear: from then on its scripts write it down.
-- idempotent: yes
--
-- Atomic: the look whether as new a list is there, and the list.
--
-- KEYS  webhooks
-- ARGV  version of the organization's list, ids of all [, type, ids of those that want it]…
-- gives 1, or 0 when this list or a newer one is there
if tonumber(redis.call('HGET', KEYS[1], 'version') or 0) >= tonumber(ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'all', unpack(ARGV, 2))
return 1
