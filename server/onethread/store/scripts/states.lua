-- Tells of rows whether they are others than they were: much less than reading them.
-- idempotent: yes
-- include: inbox
--
-- Atomic: all of it is of one moment.
--
-- KEYS  inbox
-- ARGV  prefix of the shard, now, threads…
-- gives for each its rev (-1 if it is listed no more) and whether a device is online (1|0), one after the other
local states = {}
for i = 3, #ARGV do
  local key = ARGV[1] .. ARGV[i]
  local m = redis.call('HMGET', key .. ':meta', 'status', 'moved', 'changes')
  states[#states + 1] = m[1] and not m[2] and redis.call('LLEN', key .. ':log') + (m[3] or 0) or -1
  states[#states + 1] = redis.call('ZCOUNT', key .. ':online', '(' .. ARGV[2], '+inf') > 0 and 1 or 0
end
return states
