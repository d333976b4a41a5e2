-- Notes in a shard which webhooks there are and what each wants to hear: from then on its scripts write it down.
-- idempotent: yes
--
-- Atomic: the look whether a newer list is there.
--
-- KEYS  webhooks
-- ARGV  version of the organization's list, packed {version, {{id, {type = true…}}…}}
-- gives 1, or 0 when a newer list is there
local known = redis.call('GET', KEYS[1])
if known and cmsgpack.unpack(known)[1] > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
