-- Finds the threads of an inbox that may have entered a view: active, or moved between views, since some time.
-- idempotent: yes
--
-- Atomic: all of it is of one moment.
--
-- KEYS  inbox
-- ARGV  since (milliseconds), at most how many of each place
-- gives threads, some perhaps twice
local inbox, since, most = KEYS[1], ARGV[1], ARGV[2]
local found = redis.call('ZREVRANGEBYSCORE', inbox .. ':moves', '+inf', since, 'LIMIT', 0, most)
local places = {'unassigned', 'closed'}
for _, assignee in ipairs(redis.call('SMEMBERS', inbox .. ':assignees')) do
  places[#places + 1] = 'mine:' .. assignee
end
for _, place in ipairs(places) do
  local threads = redis.call('ZREVRANGEBYSCORE', inbox .. ':' .. place, '+inf', since, 'LIMIT', 0, most)
  for _, thread in ipairs(threads) do found[#found + 1] = thread end
end
return found
