-- Lists an organization's imports, the last accepted first, and forgets those that are no more.
-- idempotent: yes
--
-- Atomic: all of it is of one moment.
--
-- KEYS  imports, what the keys of jobs begin with
-- ARGV  accepted before when ('+inf' for the last), how many
-- gives {{when, job}…}
local found, before, most = {}, ARGV[1], tonumber(ARGV[2])
while #found < most do
  local listed = redis.call('ZRANGE', KEYS[1], '(' .. before, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, most - #found,
    'WITHSCORES')
  if #listed == 0 then break end
  for i = 1, #listed, 2 do
    local job = redis.call('HGET', KEYS[2] .. listed[i], 'job')
    if job then
      found[#found + 1] = {tonumber(listed[i + 1]), job}
    else
      redis.call('ZREM', KEYS[1], listed[i])
    end
    before = listed[i + 1]
  end
end
return found
